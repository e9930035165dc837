import type { AttributeInput } from '../types/accept-attributes.ts';

// What callers give, as the two schemas have it: what is absent stays, null is removed.

/** Whether a product may be shown at all. */
export const PRODUCT_STATUSES = ['DRAFT', 'ACTIVE', 'ARCHIVED'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

/** What an image is for. */
export type MediaRole = 'GALLERY' | 'SWATCH' | 'LIFESTYLE' | 'SIZE_CHART' | 'MANUAL' | 'VIDEO';

/** How a product leads to another. */
export type RelationKind = 'ACCESSORY' | 'CROSS_SELL' | 'SUCCESSOR';

/** A text in a language. */
export interface LocalizedTextInput {
  readonly locale: string;
  readonly text: string;
}

/** By what another system knows something. */
export interface ExternalReferenceInput {
  readonly source: string;
  readonly id: string;
}

/** A name of an option or one of its values, in other languages. */
export interface OptionWordInput {
  readonly word: string;
  readonly words: readonly LocalizedTextInput[];
}

/** What feeds need beyond the rest. */
export interface FeedFieldsInput {
  readonly googleProductCategory?: string | null | undefined;
  readonly gender?: string | null | undefined;
  readonly ageGroup?: string | null | undefined;
  readonly mpn?: string | null | undefined;
  readonly condition?: string | null | undefined;
  readonly adwordsGrouping?: string | null | undefined;
  readonly adwordsLabels?: string | null | undefined;
  readonly customProduct?: boolean | null | undefined;
  /** Labels 0 to 4; an empty text for one that is not set. */
  readonly customLabels?: readonly string[] | null | undefined;
}

/** Texts of a language, a channel, or both; they replace those that are there, and four nulls remove them. */
export interface ProductTextInput {
  readonly channel?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly descriptionHtml?: string | null | undefined;
  readonly seoTitle?: string | null | undefined;
  readonly seoDescription?: string | null | undefined;
}

/** The images that a channel shows; none for all of them. */
export interface ChannelMediaInput {
  readonly channel: string;
  readonly urls?: readonly string[] | null | undefined;
}

/** What of a variant stays as it is when it is absent, whoever writes. */
export interface VariantDetailsInput {
  readonly taxCategory?: string | null | undefined;
  readonly requiresShipping?: boolean | null | undefined;
  readonly externalReference?: string | null | undefined;
  readonly externalReferences?: readonly ExternalReferenceInput[] | null | undefined;
  readonly attributes?: readonly AttributeInput[] | null | undefined;
  readonly feedFields?: FeedFieldsInput | null | undefined;
}
