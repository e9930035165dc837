import { FILTERABLE, named } from './labels.ts';

const CARE = {
  code: 'care',
  labels: named('Care', 'Pflege', 'Entretien'),
  kind: 'RICH_TEXT',
  isLocalizable: true,
} as const;

/** What can be said of jackets and boots. */
export const TYPES_OF_CLOTHING = [
  {
    name: 'Rain Jackets',
    labels: named('Rain jackets', 'Regenjacken', 'Vestes de pluie'),
    attributes: [
      {
        code: 'shell',
        labels: named('Shell', 'Außenmaterial', 'Extérieur'),
        kind: 'ENUM',
        options: [
          { code: 'three-layer', labels: named('Three layers', 'Drei Lagen', 'Trois couches') },
          { code: 'two-layer', labels: named('Two layers', 'Zwei Lagen', 'Deux couches') },
          { code: 'bonded-cotton', labels: named('Bonded cotton', 'Gummierte Baumwolle', 'Coton caoutchouté') },
          { code: 'coated', labels: named('Coated', 'Beschichtet', 'Enduit') },
        ],
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'withstands',
        labels: named('Water column', 'Wassersäule', 'Colonne d’eau'),
        kind: 'MEASURE',
        unit: 'mm',
        minimum: 0,
        ...FILTERABLE,
      },
      {
        code: 'hood',
        labels: named('Hood', 'Kapuze', 'Capuche'),
        kind: 'BOOLEAN',
        ...FILTERABLE,
      },
      CARE,
    ],
  },
  {
    name: 'Insulated Jackets',
    labels: named('Insulated jackets', 'Warme Jacken', 'Vestes isolantes'),
    attributes: [
      {
        code: 'filled_with',
        labels: named('Filled with', 'Füllung', 'Garnissage'),
        kind: 'ENUM',
        options: [
          { code: 'down', labels: named('Down', 'Daune', 'Duvet') },
          { code: 'synthetic', labels: named('Synthetic fibre', 'Kunstfaser', 'Fibre synthétique') },
        ],
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'fill_power',
        labels: named('Fill power', 'Bauschkraft (cuin)', 'Pouvoir gonflant'),
        kind: 'NUMBER',
        minimum: 0,
        maximum: 1_000,
      },
      CARE,
    ],
  },
  {
    name: 'Hiking Boots',
    labels: named('Hiking boots', 'Wanderstiefel', 'Chaussures de randonnée'),
    attributes: [
      {
        code: 'upper',
        labels: named('Upper', 'Obermaterial', 'Tige'),
        kind: 'ENUM',
        options: [
          { code: 'nubuck', labels: named('Nubuck', 'Nubuk', 'Nubuck') },
          { code: 'textile', labels: named('Textile', 'Textil', 'Textile') },
        ],
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'waterproof',
        labels: named('Waterproof', 'Wasserdicht', 'Imperméable'),
        kind: 'BOOLEAN',
        ...FILTERABLE,
      },
      {
        code: 'resoleable',
        labels: named('Resoleable', 'Neu besohlbar', 'Ressemelable'),
        kind: 'BOOLEAN',
      },
    ],
  },
] as const;
