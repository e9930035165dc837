import { carriedBy } from '@kontor/products/src/export/write-catalogue.ts';
import { completeDocument } from '@kontor/products/src/import/complete-document.ts';
import type {
  CatalogueFormat,
  ImportItem,
  ImportProduct,
  PartialDocument,
  ProductDocument,
} from '@kontor/products/src/import/import-item.ts';
import type { PresentProduct } from './present-products.ts';
import type { ImportTarget } from './target.ts';

/** A product as an import will write it. */
export interface PlannedProduct {
  readonly item: ImportItem;
  readonly source: ImportProduct;
  readonly document: ProductDocument;
  /** Where it shall be shown or hidden at once; nowhere to leave it as it is. */
  readonly channels: readonly string[];
  readonly published: boolean;
  readonly present: PresentProduct | null;
}

/** A product that cannot be written, and why. */
export interface RefusedProduct {
  readonly item: ImportItem;
  readonly reason: string;
}

/** Decides what a batch of a file makes of the products that are there. */
export interface PlanInput {
  readonly format: CatalogueFormat;
  readonly target: ImportTarget;
  /** With it the file's texts are those of this language, and nothing else of the file is taken. */
  readonly locale: string | null;
  readonly present: ReadonlyMap<string, PresentProduct>;
}

/** Plans each product of a batch: what it shall be, and where it shall be shown. */
export async function planProducts(
  items: readonly ImportItem[],
  { format, target, locale, present }: PlanInput,
): Promise<(PlannedProduct | RefusedProduct)[]> {
  const carried = await carriedBy(format, [...present.values()].map(asExported));
  return items.map((item) => {
    const source = item.product!;
    const there = present.get(source.document.handle) ?? null;
    if (source.currency !== null && source.currency !== target.currency)
      return { item, reason: `The prices are in ${source.currency}, and the import is for ${target.currency}.` };
    if (locale !== null) return planTexts(item, source, there, locale);
    const readBack = there === null ? null : (carried?.get(there.document.handle) ?? null);
    const completed = completeDocument(source.document, there?.document ?? null, readBack?.document ?? null);
    if ('reason' in completed) return { item, reason: completed.reason };
    return { item, source, document: completed.document, present: there, ...publishing(source, there, target) };
  });
}

const asExported = ({ document, variantIds }: PresentProduct) => ({
  document,
  isPublished: true,
  currency: 'XXX',
  variants: variantIds.map((variantId) => ({
    variantId,
    price: null,
    compareAt: null,
    quantity: 0,
    continueSelling: false,
  })),
});

/** Only the texts of a file, in a language, for a product that is there. */
function planTexts(
  item: ImportItem,
  source: ImportProduct,
  present: PresentProduct | null,
  locale: string,
): PlannedProduct | RefusedProduct {
  if (present === null)
    return {
      item,
      reason:
        'There is no product with this handle to give texts in another language: import it without a locale first.',
    };
  const { handle, title, descriptionHtml, seoTitle, seoDescription }: PartialDocument = source.document;
  const given = { title, descriptionHtml: descriptionHtml || null, seoTitle, seoDescription };
  const wanted = { handle, texts: [{ channel: null, locale, ...given }] };
  const completed = completeDocument(wanted, present.document, null);
  if ('reason' in completed) return { item, reason: completed.reason };
  const texts = { ...source, variants: [] };
  return { item, source: texts, document: completed.document, present, channels: [], published: true };
}

/**
 * Where a product is shown or hidden by an import: in channels that were named, as the file says; else in all channels, unless the product
 * is there already and the file says only what an export of it says.
 */
function publishing(
  { document, published }: ImportProduct,
  present: PresentProduct | null,
  target: ImportTarget,
): { readonly channels: readonly string[]; readonly published: boolean } {
  const all = target.channels.map(({ code }) => code);
  if (document.publications !== undefined) {
    const now = document.publications.filter(({ startsAt, endsAt }) => startsAt == null && endsAt == null);
    const wanted = now.map(({ channel }) => channel).filter((code) => all.includes(code));
    return { channels: wanted.sort(), published: true };
  }
  if (published === null) return { channels: present === null ? all : [], published: true };
  const isShown = present?.document.publications?.some(({ channel }) => all.includes(channel)) ?? false;
  const isAsPresent = present !== null && !target.areChannelsChosen && published === isShown;
  return { channels: isAsPresent ? [] : all, published };
}
