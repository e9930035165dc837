import type { OptionWords } from '../option-words.ts';
import type { AttributeValues, TextByLocale } from '../types/attribute-definition.ts';
import type { MediaRole, ProductStatus, RelationKind } from './inputs.ts';

// A product as it is kept. Objects are in the order of their keys, so that what is the same is written the same.

/** What feeds need, as it is kept: only what is set. */
export type FeedFields = Readonly<Record<string, string | boolean | readonly string[]>>;

/** The columns of a product that its editors decide. */
export interface ProductContent {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: readonly string[];
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  readonly externalReference: string | null;
  readonly optionNames: readonly string[];
  readonly status: ProductStatus;
  readonly taxCategory: string;
  readonly isGiftCard: boolean;
  readonly attributes: AttributeValues;
  /** Ids by the name of the system that knows the product. */
  readonly externalReferences: Readonly<Record<string, string>>;
  readonly feedFields: FeedFields;
  readonly optionWords: OptionWords;
}

/** A variant as it is kept. */
export interface KeptVariant {
  readonly variantId: string;
  readonly position: number;
  readonly optionValues: readonly string[];
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly mediaId: string | null;
  /** Null for the product's. */
  readonly taxCategory: string | null;
  readonly requiresShipping: boolean;
  readonly externalReference: string | null;
  readonly attributes: AttributeValues;
  readonly externalReferences: Readonly<Record<string, string>>;
  readonly feedFields: FeedFields;
}

/** An image as it is kept. */
export interface KeptMedia {
  readonly mediaId: string;
  readonly position: number;
  readonly url: string;
  readonly altText: string | null;
  readonly role: MediaRole;
  readonly altTexts: TextByLocale;
}

/** Texts of a language, a channel, or both; an empty text for all of them. */
export interface KeptText {
  readonly channel: string;
  readonly locale: string;
  readonly title: string | null;
  readonly descriptionHtml: string | null;
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
}

/** The images that a channel shows instead of all. */
export interface KeptChannelMedia {
  readonly channel: string;
  readonly mediaIds: readonly string[];
}

/** The products that a product leads to in one way. */
export interface KeptRelations {
  readonly kind: RelationKind;
  readonly productIds: readonly string[];
}

/** What belongs to a product in tables of its own that few commands touch: read and written only when an edit gives it. */
export interface SectionContents {
  /** By channel and locale. */
  readonly texts: readonly KeptText[];
  /** By channel. */
  readonly channelMedia: readonly KeptChannelMedia[];
  /** The main one first. */
  readonly categoryIds: readonly string[];
  /** By kind. */
  readonly relations: readonly KeptRelations[];
}

export type SectionName = keyof SectionContents;
export const SECTION_NAMES = ['texts', 'channelMedia', 'categoryIds', 'relations'] as const satisfies SectionName[];

/** What every command knows of a product. */
export interface ProductCore {
  readonly content: ProductContent;
  /** In order. */
  readonly variants: readonly KeptVariant[];
  /** In order. */
  readonly media: readonly KeptMedia[];
}

/** A product as it is kept now. */
export interface KeptProduct extends ProductCore {
  readonly productId: string;
  /** Codes of the channels in which it is published. */
  readonly channels: readonly string[];
}

/** A product that nobody has written anything of. @param status that it has as long as nobody says. */
export const emptyProduct = (productId: string, handle: string, status: ProductStatus): KeptProduct => ({
  productId,
  content: {
    handle,
    title: '',
    descriptionHtml: '',
    vendor: null,
    productType: null,
    tags: [],
    seoTitle: null,
    seoDescription: null,
    externalReference: null,
    optionNames: [],
    status,
    taxCategory: DEFAULT_TAX_CATEGORY,
    isGiftCard: false,
    attributes: {},
    externalReferences: {},
    feedFields: {},
    optionWords: {},
  },
  variants: [],
  media: [],
  channels: [],
});

export const DEFAULT_TAX_CATEGORY = 'standard';
