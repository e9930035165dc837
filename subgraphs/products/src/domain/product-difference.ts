import { sameJson } from './editing/key-order.ts';
import type { KeptMedia, KeptProduct, KeptVariant, ProductContent, ProductCore } from './editing/product-content.ts';

/** What has to be written so that a product becomes as wanted. */
export interface ProductDifference {
  readonly productId: string;
  /** Whether anything differs at all. */
  readonly changed: boolean;
  /** The new columns; null when none differs. */
  readonly content: ProductContent | null;
  /** Whether it is shown may be another from now on. */
  readonly statusChanged: boolean;
  /** Rows to insert or to overwrite, by id. */
  readonly media: readonly KeptMedia[];
  readonly mediaRemoved: readonly string[];
  readonly variants: readonly KeptVariant[];
  readonly variantsRemoved: readonly string[];
  /** Variants among those to overwrite whose option values change. */
  readonly variantsRenamed: readonly string[];
  readonly publish: readonly string[];
  readonly unpublish: readonly string[];
  /** Of all variants that are wanted, in order. */
  readonly variantIds: readonly string[];
}

/** Where an import shows a product: in these channels exactly when `published`, and elsewhere as before. */
export interface WantedPublication {
  readonly channels: readonly string[];
  readonly published: boolean;
}

/** Which of the wanted rows differ from what is kept, and which kept ones are not wanted any more. */
function compareRows<T extends object>(kept: readonly T[], wanted: readonly T[], idOf: (row: T) => string) {
  const before = new Map(kept.map((row) => [idOf(row), row]));
  const changed = wanted.filter((row) => !sameRow(before.get(idOf(row)), row));
  for (const row of wanted) before.delete(idOf(row));
  return { changed, removed: [...before.keys()] };
}

/** Compares a product with what it shall be. */
export function compareProduct(
  kept: KeptProduct,
  wanted: ProductCore,
  publication: WantedPublication | null,
): ProductDifference {
  const media = compareRows(kept.media, wanted.media, (row) => row.mediaId);
  const variants = compareRows(kept.variants, wanted.variants, (row) => row.variantId);
  const valuesBefore = new Map(kept.variants.map(({ variantId, optionValues }) => [variantId, optionValues]));
  const content = sameRow(kept.content, wanted.content) ? null : wanted.content;
  const channels = publication?.channels ?? [];
  const publish = publication?.published ? channels.filter((code) => !kept.channels.includes(code)) : [];
  const unpublish = publication?.published ? [] : channels.filter((code) => kept.channels.includes(code));
  const parts = [media.changed, media.removed, variants.changed, variants.removed, publish, unpublish];
  return {
    productId: kept.productId,
    changed: content !== null || parts.some((part) => part.length > 0),
    content,
    statusChanged: kept.content.status !== wanted.content.status,
    media: media.changed,
    mediaRemoved: media.removed,
    variants: variants.changed,
    variantsRemoved: variants.removed,
    variantsRenamed: variants.changed.flatMap(({ variantId, optionValues }) => {
      const before = valuesBefore.get(variantId);
      return before !== undefined && !sameJson(before, optionValues) ? [variantId] : [];
    }),
    publish,
    unpublish,
    variantIds: wanted.variants.map(({ variantId }) => variantId),
  };
}

/** Column by column, in whatever order they stand. */
const sameRow = <Row extends object>(one: Row | undefined, other: Row): boolean =>
  one !== undefined && (Object.keys(other) as (keyof Row)[]).every((column) => sameJson(one[column], other[column]));
