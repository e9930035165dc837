import { REJECTION_COLUMNS } from './import-item.ts';

/** The columns of a product file of Shopify in its own order: what is read, and what an export writes. */
export const SHOPIFY_COLUMNS = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Published',
  'Option1 Name',
  'Option1 Value',
  'Option2 Name',
  'Option2 Value',
  'Option3 Name',
  'Option3 Value',
  'Variant SKU',
  'Variant Grams',
  'Variant Inventory Tracker',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Fulfillment Service',
  'Variant Price',
  'Variant Compare At Price',
  'Variant Requires Shipping',
  'Variant Taxable',
  'Variant Barcode',
  'Image Src',
  'Image Position',
  'Image Alt Text',
  'Gift Card',
  'SEO Title',
  'SEO Description',
  'Google Shopping / Google Product Category',
  'Google Shopping / Gender',
  'Google Shopping / Age Group',
  'Google Shopping / MPN',
  'Google Shopping / AdWords Grouping',
  'Google Shopping / AdWords Labels',
  'Google Shopping / Condition',
  'Google Shopping / Custom Product',
  'Google Shopping / Custom Label 0',
  'Google Shopping / Custom Label 1',
  'Google Shopping / Custom Label 2',
  'Google Shopping / Custom Label 3',
  'Google Shopping / Custom Label 4',
  'Variant Image',
  'Variant Weight Unit',
  'Status',
] as const;
export type ShopifyColumn = (typeof SHOPIFY_COLUMNS)[number];

const KNOWN: ReadonlySet<string> = new Set(
  [...SHOPIFY_COLUMNS, ...REJECTION_COLUMNS].map((name) => name.toLowerCase()),
);

/** The columns of a header that are not taken, each once. */
export const unknownShopifyColumns = (names: readonly string[]): string[] => [
  ...new Set(names.map((name) => name.trim()).filter((name) => name !== '' && !KNOWN.has(name.toLowerCase()))),
];

/** The columns of feeds, by the field that each is of a product or a variant. */
export const FEED_COLUMNS = {
  googleProductCategory: 'Google Shopping / Google Product Category',
  gender: 'Google Shopping / Gender',
  ageGroup: 'Google Shopping / Age Group',
  mpn: 'Google Shopping / MPN',
  condition: 'Google Shopping / Condition',
  adwordsGrouping: 'Google Shopping / AdWords Grouping',
  adwordsLabels: 'Google Shopping / AdWords Labels',
} as const satisfies Record<string, ShopifyColumn>;
export const CUSTOM_PRODUCT_COLUMN = 'Google Shopping / Custom Product' satisfies ShopifyColumn;
export const CUSTOM_LABEL_COLUMNS = [0, 1, 2, 3, 4].map((number) => `Google Shopping / Custom Label ${number}`);
