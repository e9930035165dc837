import { FILTERABLE, named } from './labels.ts';

/** What can be said of packs, mats and head torches. */
export const TYPES_OF_GEAR = [
  {
    name: 'Backpacks',
    labels: named('Backpacks', 'Rucksäcke', 'Sacs à dos'),
    attributes: [
      {
        code: 'volume',
        labels: named('Volume', 'Volumen', 'Volume'),
        kind: 'MEASURE',
        unit: 'l',
        minimum: 1,
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'hip_belt',
        labels: named('Padded hip belt', 'Gepolsterter Hüftgurt', 'Ceinture rembourrée'),
        kind: 'BOOLEAN',
        ...FILTERABLE,
      },
      {
        code: 'laptop_up_to',
        labels: named('Laptop up to', 'Laptop bis', 'Ordinateur jusqu’à'),
        kind: 'MEASURE',
        unit: 'in',
        minimum: 0,
      },
    ],
  },
  {
    name: 'Sleeping Mats',
    labels: named('Sleeping mats', 'Isomatten', 'Matelas'),
    attributes: [
      {
        code: 'construction',
        labels: named('Construction', 'Bauart', 'Construction'),
        kind: 'ENUM',
        options: [
          { code: 'air', labels: named('Air', 'Luft', 'Gonflable') },
          { code: 'self-inflating', labels: named('Self-inflating', 'Selbstaufblasend', 'Autogonflant') },
          { code: 'foam', labels: named('Foam', 'Schaum', 'Mousse') },
        ],
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'r_value',
        labels: named('R-value', 'R-Wert', 'Valeur R'),
        kind: 'NUMBER',
        minimum: 0,
        maximum: 12,
        ...FILTERABLE,
      },
    ],
  },
  {
    name: 'Head Torches',
    labels: named('Head torches', 'Stirnlampen', 'Lampes frontales'),
    attributes: [
      {
        code: 'lumens',
        labels: named('Brightness in lumens', 'Helligkeit in Lumen', 'Luminosité en lumens'),
        kind: 'NUMBER',
        minimum: 1,
        maximum: 10_000,
        isRequired: true,
        ...FILTERABLE,
      },
      {
        code: 'powered_by',
        labels: named('Powered by', 'Stromquelle', 'Alimentation'),
        kind: 'ENUM',
        isList: true,
        options: [
          { code: 'usb-c', labels: named('USB-C', 'USB-C', 'USB-C') },
          { code: 'aaa', labels: named('AAA cells', 'AAA-Zellen', 'Piles AAA') },
        ],
        ...FILTERABLE,
      },
    ],
  },
] as const;
