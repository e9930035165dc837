import type { FeedFieldsInput } from '../domain/editing/inputs.ts';
import type { VariantInput } from '../domain/product-rules.ts';
import {
  CUSTOM_LABEL_COLUMNS,
  CUSTOM_PRODUCT_COLUMN,
  FEED_COLUMNS,
  SHOPIFY_COLUMNS,
  type ShopifyColumn,
} from '../import/shopify-columns.ts';
import type { CatalogueWriter, ExportProduct, ExportVariant } from './export-product.ts';
import { writeRow } from './table-row.ts';

type Cells = Partial<Record<ShopifyColumn, string>>;

const OPTION_NUMBERS = [1, 2, 3] as const;

/** Writes a product file of Shopify: a row for each variant, and rows for the images that are left. */
export const shopifyWriter: CatalogueWriter = {
  header: () => writeRow(SHOPIFY_COLUMNS, 'shopify'),
  write: (product) => ({
    text: rowsOf(product)
      .map((cells) =>
        writeRow(
          SHOPIFY_COLUMNS.map((column) => cells[column] ?? ''),
          'shopify',
        ),
      )
      .join(''),
    losses: lossesOf(product),
  }),
  writeLater: () => '',
};

function rowsOf(product: ExportProduct): Cells[] {
  const { document, variants } = product;
  const count = Math.max(document.variants.length, document.media.length);
  return Array.from({ length: count }, (_, index): Cells => {
    const variant = document.variants[index];
    const image = document.media[index];
    return {
      Handle: document.handle,
      ...(index === 0 ? productCells(product) : {}),
      ...(variant ? variantCells(product, variant, variants[index]!, index === 0) : {}),
      ...(image
        ? { 'Image Src': image.url, 'Image Position': String(index + 1), 'Image Alt Text': image.altText ?? '' }
        : {}),
    };
  });
}

function productCells({ document, isPublished }: ExportProduct): Cells {
  const names = document.optionNames.length === 0 ? ['Title'] : document.optionNames;
  return {
    Title: document.title,
    'Body (HTML)': document.descriptionHtml,
    Vendor: document.vendor ?? '',
    Type: document.productType ?? '',
    Tags: document.tags.join(', '),
    Published: String(isPublished),
    'Option1 Name': names[0] ?? '',
    'Option2 Name': names[1] ?? '',
    'Option3 Name': names[2] ?? '',
    'Gift Card': String(document.isGiftCard ?? false),
    'SEO Title': document.seoTitle ?? '',
    'SEO Description': document.seoDescription ?? '',
    Status: (document.status ?? 'ACTIVE').toLowerCase(),
    ...feedCells(document.feedFields ?? {}),
  };
}

function variantCells(
  { document }: ExportProduct,
  variant: VariantInput,
  { price, compareAt, quantity, continueSelling }: ExportVariant,
  isFirst: boolean,
): Cells {
  const values = document.optionNames.length === 0 ? ['Default Title'] : variant.optionValues;
  const options = OPTION_NUMBERS.map((number, index) => [`Option${number} Value`, values[index] ?? '']);
  return {
    ...(Object.fromEntries(options) as Cells),
    'Variant SKU': code(variant.sku),
    'Variant Grams': variant.weightGrams == null ? '' : String(variant.weightGrams),
    'Variant Inventory Tracker': 'shopify',
    'Variant Inventory Qty': String(quantity),
    'Variant Inventory Policy': continueSelling ? 'continue' : 'deny',
    'Variant Fulfillment Service': 'manual',
    'Variant Price': price ?? '',
    'Variant Compare At Price': compareAt ?? '',
    'Variant Requires Shipping': String(variant.requiresShipping ?? true),
    'Variant Taxable': String((variant.taxCategory ?? document.taxCategory) !== 'exempt'),
    'Variant Barcode': code(variant.barcode),
    'Variant Image': variant.imageUrl ?? '',
    'Variant Weight Unit': variant.weightGrams == null ? '' : 'g',
    ...(isFirst ? {} : feedCells(variant.feedFields ?? {})),
  };
}

/** A code of digits behind an apostrophe, so that spreadsheets keep its zeros. */
const code = (text: string | null | undefined): string =>
  text != null && /^\d+$/.test(text) ? `'${text}` : (text ?? '');

function feedCells(fields: FeedFieldsInput): Cells {
  const texts = Object.entries(FEED_COLUMNS).map(([field, column]) => [
    column,
    fields[field as keyof typeof FEED_COLUMNS] ?? '',
  ]);
  const labels = CUSTOM_LABEL_COLUMNS.map((column, index) => [column, fields.customLabels?.[index] ?? '']);
  return {
    ...(Object.fromEntries([...texts, ...labels]) as Cells),
    [CUSTOM_PRODUCT_COLUMN]: fields.customProduct == null ? '' : String(fields.customProduct),
  };
}

/** What the file does not say of a product, which an import of the file into another system therefore would not bring. */
function lossesOf({ document }: ExportProduct): string[] {
  const plainTax = (tax: string | null | undefined) => tax == null || tax === 'standard' || tax === 'exempt';
  const has = (list: readonly unknown[] | null | undefined) => (list?.length ?? 0) > 0;
  const lost: [boolean, string][] = [
    [has(document.attributes) || document.variants.some((each) => has(each.attributes)), 'attributes'],
    [has(document.categories), 'categories'],
    [
      has(document.texts) || has(document.optionWords) || document.media.some((each) => has(each.altTexts)),
      'translations and texts of channels',
    ],
    [has(document.channelMedia), 'images of channels'],
    [has(document.relations), 'relations'],
    [has(document.bundles), 'bundles'],
    [document.media.some((each) => each.role != null && each.role !== 'GALLERY'), 'roles of images'],
    [document.externalReference != null || has(document.externalReferences), 'external references'],
    [
      document.variants.some((each) => each.externalReference != null || has(each.externalReferences)),
      'external references',
    ],
    [
      !plainTax(document.taxCategory) || document.variants.some((each) => !plainTax(each.taxCategory)),
      'tax categories other than standard and exempt',
    ],
    [document.tags.some((tag) => tag.includes(',')), 'tags with a comma'],
    [
      has(document.publications?.filter(({ startsAt, endsAt }) => startsAt !== null || endsAt !== null)),
      'dates of publication',
    ],
    [Object.keys(document.variants[0]?.feedFields ?? {}).length > 0, 'feed fields of the first variant'],
  ];
  return [...new Set(lost.filter(([isLost]) => isLost).map(([, what]) => what))];
}
