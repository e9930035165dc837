import { FILTERABLE, named } from './labels.ts';
import { TYPES_OF_CLOTHING } from './types-of-clothing.ts';
import { TYPES_OF_GEAR } from './types-of-gear.ts';

/** What can be said of the products of some types, as `productTypeSet` takes it. */
export const PRODUCT_TYPES = [
  {
    name: 'Tents',
    labels: named('Tents', 'Zelte', 'Tentes'),
    attributes: [
      {
        code: 'sleeps',
        labels: named('Sleeps', 'Schlafplätze', 'Couchages'),
        kind: 'NUMBER',
        minimum: 1,
        maximum: 12,
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'season',
        labels: named('Season', 'Jahreszeit', 'Saison'),
        kind: 'ENUM',
        options: [
          { code: 'summer', labels: named('Summer', 'Sommer', 'Été') },
          {
            code: 'three-season',
            labels: named('Spring to autumn', 'Frühjahr bis Herbst', 'Du printemps à l’automne'),
          },
          { code: 'four-season', labels: named('All year', 'Ganzes Jahr', 'Toute l’année') },
        ],
        isSearchable: true,
        ...FILTERABLE,
      },
      {
        code: 'water_column',
        labels: named('Water column of the floor', 'Wassersäule des Bodens', 'Colonne d’eau du sol'),
        kind: 'MEASURE',
        unit: 'mm',
        minimum: 0,
      },
      {
        code: 'floor_area',
        labels: named('Floor', 'Bodenfläche', 'Surface au sol'),
        kind: 'MEASURE',
        unit: 'm2',
        minimum: 0,
      },
    ],
  },
  {
    name: 'Sleeping Bags',
    labels: named('Sleeping bags', 'Schlafsäcke', 'Sacs de couchage'),
    attributes: [
      {
        code: 'made_of',
        labels: named('Made of', 'Material', 'Matière'),
        kind: 'ENUM',
        options: [
          { code: 'down', labels: named('Down', 'Daune', 'Duvet') },
          { code: 'synthetic', labels: named('Synthetic fibre', 'Kunstfaser', 'Fibre synthétique') },
          { code: 'merino', labels: named('Merino wool', 'Merinowolle', 'Laine mérinos') },
          { code: 'silk', labels: named('Silk', 'Seide', 'Soie') },
        ],
        isRequired: true,
        isSearchable: true,
        ...FILTERABLE,
      },
      {
        code: 'comfortable_down_to',
        labels: named('Comfortable down to', 'Komfortbereich bis', 'Confort jusqu’à'),
        kind: 'MEASURE',
        unit: '°C',
        ...FILTERABLE,
      },
      {
        code: 'machine_washable',
        labels: named('Machine washable', 'Maschinenwaschbar', 'Lavable en machine'),
        kind: 'BOOLEAN',
      },
      {
        code: 'care',
        labels: named('Care', 'Pflege', 'Entretien'),
        kind: 'RICH_TEXT',
        isLocalizable: true,
      },
      {
        code: 'fits_up_to',
        labels: named('Fits up to', 'Für Körpergröße bis', 'Taille jusqu’à'),
        kind: 'MEASURE',
        scope: 'VARIANT',
        unit: 'cm',
      },
    ],
  },
  {
    name: 'Bottles',
    labels: named('Bottles', 'Flaschen', 'Gourdes'),
    attributes: [
      {
        code: 'material',
        labels: named('Material', 'Material', 'Matière'),
        kind: 'ENUM',
        options: [
          { code: 'steel', labels: named('Stainless steel', 'Edelstahl', 'Acier inoxydable') },
          { code: 'tpu', labels: named('TPU', 'TPU', 'TPU') },
        ],
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'insulated',
        labels: named('Insulated', 'Isoliert', 'Isotherme'),
        kind: 'BOOLEAN',
        ...FILTERABLE,
      },
      {
        code: 'capacity',
        labels: named('Capacity', 'Fassungsvermögen', 'Contenance'),
        kind: 'MEASURE',
        scope: 'VARIANT',
        unit: 'ml',
      },
    ],
  },
  ...TYPES_OF_CLOTHING,
  ...TYPES_OF_GEAR,
] as const;
