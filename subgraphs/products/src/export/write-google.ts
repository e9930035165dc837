import type { FeedFieldsInput } from '../domain/editing/inputs.ts';
import {
  GOOGLE_COLUMNS,
  GOOGLE_FEED_COLUMNS,
  GOOGLE_LABELS,
  GOOGLE_OPTIONS,
  type GoogleColumn,
} from '../import/google-columns.ts';
import type { CatalogueWriter, ExportProduct } from './export-product.ts';
import { writeRow } from './table-row.ts';

type Cells = Partial<Record<GoogleColumn, string>>;

/** Google takes no more of a row; the first row of a product has all, so that nothing is lost. */
const ADDITIONAL_IMAGES = 10;
const MAX_DESCRIPTION = 5_000;
const MAX_GROUP_ID = 50;

/**
 * Writes a product feed of Google Merchant, a row for each variant of products that are published and active.
 * @param pages where the pages of products are, with a slash at the end; the handle comes behind it.
 */
export const googleWriter = (pages: string): CatalogueWriter => ({
  header: () => writeRow(GOOGLE_COLUMNS, 'google'),
  write(product) {
    const { document, isPublished } = product;
    if (!isPublished || (document.status ?? 'ACTIVE') !== 'ACTIVE')
      return { text: '', losses: ['the whole product: it is not published'] };
    return { text: rowsOf(product, pages), losses: lossesOf(product) };
  },
  writeLater: () => '',
});

function rowsOf({ document, currency, variants }: ExportProduct, pages: string): string {
  const link = `${pages}${encodeURIComponent(document.handle)}`;
  const groupId = document.handle.length <= MAX_GROUP_ID ? document.handle : variants[0]!.variantId;
  const rows = document.variants.map((variant, index): Cells => {
    const { variantId, price, compareAt, quantity, continueSelling } = variants[index]!;
    const image = variant.imageUrl ?? document.media[0]?.url ?? '';
    const others = document.media.map(({ url }) => url).filter((url) => url !== image && !url.includes(','));
    const isReduced = price !== null && compareAt !== null && Number(compareAt) > Number(price);
    const pairs = document.optionNames.map((name, place) => [name, variant.optionValues[place] ?? ''] as const);
    return {
      id: variantId,
      item_group_id: groupId,
      title: document.title,
      description: document.descriptionHtml,
      link: `${link}?variant=${variantId}`,
      image_link: image,
      additional_image_link: (index === 0 ? others : others.slice(0, ADDITIONAL_IMAGES)).join(','),
      availability: quantity > 0 ? 'in_stock' : continueSelling ? 'backorder' : 'out_of_stock',
      price: price === null ? '' : `${isReduced ? compareAt : price} ${currency}`,
      sale_price: isReduced ? `${price} ${currency}` : '',
      brand: document.vendor ?? '',
      gtin: variant.barcode ?? '',
      product_type: document.productType ?? '',
      shipping_weight: variant.weightGrams == null ? '' : `${variant.weightGrams} g`,
      sku: variant.sku ?? '',
      quantity: String(quantity),
      former_price: compareAt !== null && !isReduced ? `${compareAt} ${currency}` : '',
      options: JSON.stringify(pairs),
      ...optionCells(pairs),
      ...feedCells({ ...document.feedFields, ...(index === 0 ? {} : variant.feedFields) }),
    };
  });
  return rows
    .map((cells) =>
      writeRow(
        GOOGLE_COLUMNS.map((column) => cells[column] ?? ''),
        'google',
      ),
    )
    .join('');
}

const optionCells = (pairs: readonly (readonly [string, string])[]): Cells =>
  Object.fromEntries(
    GOOGLE_OPTIONS.map(([column, name]) => [
      column,
      pairs.find(([given]) => given.toLowerCase().replace('colour', 'color') === name.toLowerCase())?.[1] ?? '',
    ]),
  );

function feedCells(fields: FeedFieldsInput): Cells {
  const texts = Object.entries(GOOGLE_FEED_COLUMNS).map(([field, column]) => [
    column,
    fields[field as keyof typeof GOOGLE_FEED_COLUMNS] ?? '',
  ]);
  const labels = GOOGLE_LABELS.map((column, index) => [column, fields.customLabels?.[index] ?? '']);
  return {
    ...(Object.fromEntries([...texts, ...labels]) as Cells),
    identifier_exists: fields.customProduct == null ? '' : fields.customProduct ? 'no' : 'yes',
  };
}

/** What is lost beyond what no feed of Google ever has, such as tags and texts for search engines. */
function lossesOf({ document, variants }: ExportProduct): string[] {
  const lost: [boolean, string][] = [
    [
      document.descriptionHtml.length > MAX_DESCRIPTION,
      `characters of the description beyond ${MAX_DESCRIPTION}, which Google leaves out`,
    ],
    [document.media.some(({ url }) => url.includes(',')), 'images with a comma in their address'],
    [variants.some(({ price }) => price === null), 'a price: Google refuses such a variant'],
  ];
  return lost.filter(([isLost]) => isLost).map(([, what]) => what);
}
