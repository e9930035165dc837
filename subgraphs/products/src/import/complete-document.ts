import type { MediaInput, VariantInput } from '../domain/product-rules.ts';
import type { PartialDocument, ProductDocument } from './import-item.ts';

/** What a command removes when it is absent; all other fields then stay as they are. */
const PRODUCT_FIELDS = [
  'handle',
  'title',
  'descriptionHtml',
  'vendor',
  'productType',
  'tags',
  'seoTitle',
  'seoDescription',
  'externalReference',
  'optionNames',
] as const satisfies (keyof ProductDocument)[];
const VARIANT_FIELDS = [
  'optionValues',
  'sku',
  'barcode',
  'weightGrams',
  'imageUrl',
] as const satisfies (keyof VariantInput)[];
const MEDIA_FIELDS = ['url', 'altText'] as const satisfies (keyof MediaInput)[];

/** Whether two values are the same as JSON, in which what is undefined is absent. */
const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/**
 * What a product shall be after an import: what the file says, and everywhere else what is there. A file cannot say more than its format
 * can, so where it says just what the format makes of what is there, that stays whole: an export that is imported again changes nothing.
 * @param present what is there; null for a new product.
 * @param carried what the format carries of `present`, read back; null when it carries everything.
 * @returns why it cannot be, when a new product lacks what it needs.
 */
export function completeDocument(
  wanted: PartialDocument,
  present: ProductDocument | null,
  carried: PartialDocument | null,
): { readonly document: ProductDocument } | { readonly reason: string } {
  if (present === null) return completeNew(wanted);
  const document = mergeFields(wanted, present, carried, PRODUCT_FIELDS);
  const variants =
    wanted.variants === undefined
      ? present.variants.map((row) => only(row, VARIANT_FIELDS))
      : mergeRows(wanted.variants, present.variants, carried?.variants, keyOfVariant, VARIANT_FIELDS);
  const media =
    wanted.media === undefined
      ? present.media.map((row) => only(row, MEDIA_FIELDS))
      : mergeMedia(wanted.media, present.media, carried?.media);
  return { document: { ...document, variants, media } };
}

function completeNew(wanted: PartialDocument): { readonly document: ProductDocument } | { readonly reason: string } {
  const { handle, title, variants } = wanted;
  if (title === undefined) return { reason: 'There is no product with this handle, and a new one needs a title.' };
  if (variants === undefined || variants.length === 0)
    return { reason: 'There is no product with this handle, and a new one needs a variant.' };
  return {
    document: {
      ...wanted,
      handle,
      title,
      variants,
      descriptionHtml: wanted.descriptionHtml ?? '',
      tags: wanted.tags ?? [],
      optionNames: wanted.optionNames ?? [],
      media: wanted.media ?? [],
    },
  };
}

const only = <Row extends object>(row: Row, fields: readonly (keyof Row)[]): Row =>
  Object.fromEntries(fields.map((field) => [field, row[field]])) as Row;

/**
 * Field by field: the wanted one, unless it is absent or is just what is carried of the present one. Then it is the present one of fields that a command
 * would remove when they are absent, and absent for all others.
 */
function mergeFields<Fields extends object>(
  wanted: { readonly [Field in keyof Fields]?: Fields[Field] | undefined },
  present: Fields,
  carried: { readonly [Field in keyof Fields]?: Fields[Field] | undefined } | null | undefined,
  filled: readonly (keyof Fields)[],
): Fields {
  const merged: Partial<Fields> = only(present, filled);
  for (const field of Object.keys(wanted) as (keyof Fields)[]) {
    const value = wanted[field];
    if (value !== undefined && !(carried && isSame(value, carried[field]))) merged[field] = value;
  }
  return merged as Fields;
}

const keyOfVariant = ({ optionValues }: VariantInput) => JSON.stringify(optionValues);
const keyOfMedia = ({ url }: MediaInput) => url;

/** Rows in the wanted order, each merged with the present one of the same key. */
function mergeRows<Row extends object>(
  wanted: readonly Row[],
  present: readonly Row[],
  carried: readonly Row[] | null | undefined,
  keyOf: (row: Row) => string,
  filled: readonly (keyof Row)[],
): Row[] {
  const presentRows = new Map(present.map((row) => [keyOf(row), row]));
  const carriedRows = carried && new Map(carried.map((row) => [keyOf(row), row]));
  return wanted.map((row) => {
    const there = presentRows.get(keyOf(row));
    return there === undefined ? row : mergeFields<Row>(row, there, carriedRows?.get(keyOf(row)), filled);
  });
}

/** Images, in the present order where the file has just the order that it carries. */
function mergeMedia(
  wanted: readonly MediaInput[],
  present: readonly MediaInput[],
  carried: readonly MediaInput[] | null | undefined,
): MediaInput[] {
  const merged = mergeRows(wanted, present, carried, keyOfMedia, MEDIA_FIELDS);
  if (!carried || !isSame(wanted.map(keyOfMedia), carried.map(keyOfMedia))) return merged;
  const rows = new Map(merged.map((row) => [keyOfMedia(row), row]));
  return present.map((row) => rows.get(keyOfMedia(row)) ?? only(row, MEDIA_FIELDS));
}
