import type { AcceptedProduct, ProductContent } from './product-rules.ts';

/** A product as it is kept now. */
export interface KeptProduct {
  readonly productId: string;
  readonly content: ProductContent;
  readonly variants: readonly KeptVariant[];
  readonly media: readonly KeptMedia[];
  /** Codes of the channels that show it. */
  readonly channels: readonly string[];
}

export interface KeptVariant {
  readonly variantId: string;
  readonly position: number;
  readonly optionValues: readonly string[];
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly mediaId: string | null;
}

export interface KeptMedia {
  readonly mediaId: string;
  readonly position: number;
  readonly url: string;
  readonly altText: string | null;
}

/** What has to be written so that a product becomes as wanted. */
export interface ProductDifference {
  readonly productId: string;
  /** Whether anything differs at all. */
  readonly changed: boolean;
  /** The new columns; null when none differs. */
  readonly content: ProductContent | null;
  /** Rows to insert or to overwrite, by id. */
  readonly media: readonly KeptMedia[];
  readonly mediaRemoved: readonly string[];
  readonly variants: readonly KeptVariant[];
  readonly variantsRemoved: readonly string[];
  readonly publish: readonly string[];
  readonly unpublish: readonly string[];
  /** Aligned with the wanted variants. */
  readonly variantIds: readonly string[];
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Which of the wanted rows differ from what is kept, and which kept ones are not wanted any more. */
function compareRows<T>(kept: readonly T[], wanted: readonly T[], idOf: (row: T) => string) {
  const before = new Map(kept.map((row) => [idOf(row), row]));
  const changed = wanted.filter((row) => !same(before.get(idOf(row)), row));
  for (const row of wanted) before.delete(idOf(row));
  return { changed, removed: [...before.keys()] };
}

/**
 * Compares a product with what it shall be. Images keep their id by address and variants by option values, so that a repeated import
 * changes nothing.
 * @param channels where the input publishes: it is shown there exactly when `wanted.published`, and elsewhere as before.
 * @param newId makes ids of new rows.
 */
export function compareProduct(
  kept: KeptProduct,
  wanted: AcceptedProduct,
  channels: readonly string[],
  newId: () => string,
): ProductDifference {
  const mediaIds = new Map(kept.media.map(({ url, mediaId }) => [url, mediaId]));
  const media = wanted.media.map(({ url, altText }, position): KeptMedia => ({
    mediaId: mediaIds.get(url) ?? newId(),
    position,
    url,
    altText,
  }));
  const idOfUrl = new Map(media.map(({ url, mediaId }) => [url, mediaId]));
  const variantIds = new Map(
    kept.variants.map(({ optionValues, variantId }) => [JSON.stringify(optionValues), variantId]),
  );
  const variants = wanted.variants.map(
    ({ optionValues, sku, barcode, weightGrams, imageUrl }, position): KeptVariant => ({
      variantId: variantIds.get(JSON.stringify(optionValues)) ?? newId(),
      position,
      optionValues,
      sku,
      barcode,
      weightGrams,
      mediaId: imageUrl === null ? null : (idOfUrl.get(imageUrl) ?? null),
    }),
  );
  const mediaRows = compareRows(kept.media, media, (row) => row.mediaId);
  const variantRows = compareRows(kept.variants, variants, (row) => row.variantId);
  const content = same(kept.content, wanted.content) ? null : wanted.content;
  const publish = wanted.published ? channels.filter((code) => !kept.channels.includes(code)) : [];
  const unpublish = wanted.published ? [] : channels.filter((code) => kept.channels.includes(code));
  const parts = [mediaRows.changed, mediaRows.removed, variantRows.changed, variantRows.removed, publish, unpublish];
  return {
    productId: kept.productId,
    changed: content !== null || parts.some((part) => part.length > 0),
    content,
    media: mediaRows.changed,
    mediaRemoved: mediaRows.removed,
    variants: variantRows.changed,
    variantsRemoved: variantRows.removed,
    publish,
    unpublish,
    variantIds: variants.map(({ variantId }) => variantId),
  };
}
