import { REJECTION_COLUMNS } from './import-item.ts';

/**
 * The columns of a product feed of Google Merchant that are read and written. `sku`, `quantity`, `former_price`
 * (where it is not higher) and `options` (a JSON list of names and values) are ours: Google reads past them, and with them what is exported can be imported again.
 * @see https://support.google.com/merchants/answer/7052112
 */
export const GOOGLE_COLUMNS = [
  'id',
  'item_group_id',
  'title',
  'description',
  'link',
  'image_link',
  'additional_image_link',
  'availability',
  'price',
  'sale_price',
  'brand',
  'gtin',
  'mpn',
  'identifier_exists',
  'condition',
  'google_product_category',
  'product_type',
  'color',
  'size',
  'material',
  'pattern',
  'gender',
  'age_group',
  'shipping_weight',
  'ads_grouping',
  'ads_labels',
  'custom_label_0',
  'custom_label_1',
  'custom_label_2',
  'custom_label_3',
  'custom_label_4',
  'sku',
  'quantity',
  'former_price',
  'options',
] as const;
export type GoogleColumn = (typeof GOOGLE_COLUMNS)[number];

/** The columns by which Google tells variants apart, with the option that each becomes. */
export const GOOGLE_OPTIONS = [
  ['color', 'Color'],
  ['size', 'Size'],
  ['material', 'Material'],
  ['pattern', 'Pattern'],
] as const satisfies readonly (readonly [GoogleColumn, string])[];

export const GOOGLE_LABELS = [0, 1, 2, 3, 4].map((number) => `custom_label_${number}` as GoogleColumn);

/** Fields of feeds by column. */
export const GOOGLE_FEED_COLUMNS = {
  googleProductCategory: 'google_product_category',
  gender: 'gender',
  ageGroup: 'age_group',
  mpn: 'mpn',
  condition: 'condition',
  adwordsGrouping: 'ads_grouping',
  adwordsLabels: 'ads_labels',
} as const satisfies Record<string, GoogleColumn>;

/** A column's name in its one form: feeds write `g:image link` and `image_link` alike. */
export const googleColumn = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^g:/, '')
    .replace(/[\s_]+/g, '_');

const KNOWN: ReadonlySet<string> = new Set([...GOOGLE_COLUMNS, ...REJECTION_COLUMNS].map(googleColumn));

/** The columns of a header that are not taken, each once. */
export const unknownGoogleColumns = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name) => name.trim() !== '' && !KNOWN.has(googleColumn(name)))),
];
