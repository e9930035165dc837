import { PRODUCT_STATUSES } from '../domain/editing/inputs.ts';
import type { VariantInput } from '../domain/product-rules.ts';
import { readPrice } from './cells.ts';
import type { ImportProduct, ImportVariant, PartialDocument } from './import-item.ts';
import {
  aFlag,
  anything,
  aText,
  aWhole,
  listOf,
  objectOf,
  oneOf,
  optional,
  pick,
  type Shape,
  type ShapeFault,
} from './json-shape.ts';

const MAX_ENTRIES = 500;
const MAX_CODE = 100_000;

const texts = optional(listOf(aText, MAX_ENTRIES));
const words = optional(listOf(objectOf({ locale: aText, text: aText }), MAX_ENTRIES));
const attributes = optional(
  listOf(objectOf({ code: aText, value: anything, locale: optional(aText), unit: optional(aText) }), MAX_ENTRIES),
);
const references = optional(listOf(objectOf({ source: aText, id: aText }), MAX_ENTRIES));
const feedFields = optional(
  objectOf({
    googleProductCategory: optional(aText),
    gender: optional(aText),
    ageGroup: optional(aText),
    mpn: optional(aText),
    condition: optional(aText),
    adwordsGrouping: optional(aText),
    adwordsLabels: optional(aText),
    customProduct: optional(aFlag),
    customLabels: texts,
  }),
);
const price: Shape = (value, path) =>
  typeof value === 'string' && readPrice(value) !== null
    ? null
    : { path, reason: `${path} must be a price as a text, such as "12.50".` };
const quantity: Shape = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000
    ? null
    : { path, reason: `${path} must be a whole number from 0 to 1000000.` };

/** What a variant has beside its product's document. */
const BESIDE = {
  price: optional(price),
  compareAtPrice: optional(price),
  quantity: optional(quantity),
  continueSelling: optional(aFlag),
};
const VARIANT = {
  optionValues: listOf(aText, 3),
  sku: optional(aText),
  barcode: optional(aText),
  weightGrams: optional(aWhole),
  imageUrl: optional(aText),
  taxCategory: optional(aText),
  requiresShipping: optional(aFlag),
  externalReference: optional(aText),
  externalReferences: references,
  attributes,
  feedFields,
};
const DOCUMENT = {
  title: optional(aText),
  descriptionHtml: optional(aText),
  vendor: optional(aText),
  productType: optional(aText),
  tags: texts,
  seoTitle: optional(aText),
  seoDescription: optional(aText),
  externalReference: optional(aText),
  optionNames: texts,
  media: optional(
    listOf(
      objectOf({
        url: aText,
        altText: optional(aText),
        role: optional(oneOf('GALLERY', 'SWATCH', 'LIFESTYLE', 'SIZE_CHART', 'MANUAL', 'VIDEO')),
        altTexts: words,
      }),
      MAX_ENTRIES,
    ),
  ),
  status: optional(oneOf(...PRODUCT_STATUSES)),
  taxCategory: optional(aText),
  isGiftCard: optional(aFlag),
  attributes,
  categories: texts,
  externalReferences: references,
  feedFields,
  optionWords: optional(
    listOf(objectOf({ word: aText, words: listOf(objectOf({ locale: aText, text: aText }), MAX_ENTRIES) }), 2_000),
  ),
  texts: optional(
    listOf(
      objectOf({
        channel: optional(aText),
        locale: optional(aText),
        title: optional(aText),
        descriptionHtml: optional(aText),
        seoTitle: optional(aText),
        seoDescription: optional(aText),
      }),
      MAX_ENTRIES,
    ),
  ),
  channelMedia: optional(listOf(objectOf({ channel: aText, urls: listOf(aText, MAX_ENTRIES) }), MAX_ENTRIES)),
  relations: optional(
    listOf(
      objectOf({ kind: oneOf('ACCESSORY', 'CROSS_SELL', 'SUCCESSOR'), handles: listOf(aText, MAX_ENTRIES) }),
      MAX_ENTRIES,
    ),
  ),
  publications: optional(
    listOf(objectOf({ channel: aText, startsAt: optional(aText), endsAt: optional(aText) }), MAX_ENTRIES),
  ),
  bundles: optional(
    listOf(
      objectOf({
        optionValues: listOf(aText, 3),
        components: listOf(objectOf({ handle: aText, optionValues: listOf(aText, 3), quantity: aWhole }), MAX_ENTRIES),
      }),
      MAX_ENTRIES,
    ),
  ),
};
/** Fields that refer to other products. A line of nothing else comes behind them. */
const LATER = new Set(['handle', 'relations', 'bundles', 'kontorLine', 'kontorReason']);
const VARIANT_FIELDS = Object.keys(VARIANT);
const DOCUMENT_FIELDS = Object.keys(DOCUMENT);
const KNOWN = new Set(['handle', 'currency', 'variants', 'kontorLine', 'kontorReason', ...DOCUMENT_FIELDS]);

const shape = objectOf({
  handle: aText,
  currency: optional(aText),
  ...DOCUMENT,
  variants: optional(listOf(objectOf({ ...VARIANT, ...BESIDE }), MAX_ENTRIES)),
});

/** What is wrong with the JSON of a product; null when it can be read. */
export function documentFault(value: unknown): ShapeFault | null {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'kontorText'))
    return {
      path: 'kontorText',
      reason: 'The line still holds the text that could not be read: put the product in its place.',
    };
  return shape(value, '');
}

/** Names of fields that are not taken. */
export const unknownFields = (value: object): string[] => Object.keys(value).filter((name) => !KNOWN.has(name));

/** The product of a line that `documentFault` found none in. Fields that are null are absent where null says nothing. */
export function toImportProduct(
  value: Record<string, unknown>,
  line: number,
): { readonly product: ImportProduct; readonly isLater: boolean } {
  const lines = Object.hasOwn(value, 'variants') ? (value['variants'] as Record<string, unknown>[] | null) : null;
  const document = {
    handle: (value['handle'] as string).slice(0, MAX_CODE),
    ...pick(value, DOCUMENT_FIELDS),
    ...(lines ? { variants: lines.map((variant) => pick(variant, VARIANT_FIELDS) as unknown as VariantInput) } : {}),
  } as PartialDocument;
  return {
    product: {
      document,
      published: null,
      currency: typeof value['currency'] === 'string' ? value['currency'] : null,
      variants: (lines ?? []).map((variant) => toVariant(variant, line)),
    },
    isLater: Object.keys(value).every((name) => LATER.has(name)) && Object.keys(value).length > 1,
  };
}

function toVariant(variant: Record<string, unknown>, line: number): ImportVariant {
  const own = pick(variant, Object.keys(BESIDE));
  const text = (name: string) => (typeof own[name] === 'string' ? readPrice(own[name]) : null);
  return {
    line,
    price: text('price'),
    compareAt: text('compareAtPrice'),
    quantity: (own['quantity'] as number | null | undefined) ?? null,
    continueSelling: (own['continueSelling'] as boolean | null | undefined) ?? null,
  };
}
