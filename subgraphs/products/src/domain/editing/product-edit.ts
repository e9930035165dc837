import type { AttributeInput } from '../types/accept-attributes.ts';
import type { TextByLocale } from '../types/attribute-definition.ts';
import type { FeedFieldsPatch } from './accept-details.ts';
import type { MediaRole, RelationKind } from './inputs.ts';
import type { KeptText, ProductContent } from './product-content.ts';

// An input whose texts are clean and which breaks no rule that can be seen without the product. What is absent stays.

/** Columns that an edit sets as they are given. */
export type ContentPatch = Partial<Omit<ProductContent, 'optionNames' | 'attributes' | 'feedFields' | 'optionWords'>>;

/** What an edit makes of a variant. */
export interface VariantPatch {
  readonly optionValues?: readonly string[];
  readonly sku?: string | null;
  readonly barcode?: string | null;
  readonly weightGrams?: number | null;
  readonly taxCategory?: string | null;
  readonly requiresShipping?: boolean;
  readonly externalReference?: string | null;
  readonly externalReferences?: Readonly<Record<string, string>>;
  /** The address of one of the product's images. */
  readonly imageUrl?: string | null;
  readonly feedFields?: FeedFieldsPatch;
  readonly attributes?: readonly AttributeInput[];
}

/** A change of one variant, or one more. */
export interface VariantChange {
  /** In lower case; null to add one. */
  readonly variantId: string | null;
  readonly remove: boolean;
  /** Where it shall stand, from 0; null where it stands, or at the end. */
  readonly position: number | null;
  readonly patch: VariantPatch;
}

/** All variants, known by their option values; or changes of some, known by id. */
export type VariantsEdit =
  | {
      readonly kind: 'all';
      readonly variants: readonly (VariantPatch & { readonly optionValues: readonly string[] })[];
    }
  | { readonly kind: 'changes'; readonly changes: readonly VariantChange[] };

/** What an edit makes of the options. `names` alone renames nothing: the variants come along. */
export interface OptionsEdit {
  /** Null when they stay. */
  readonly names: readonly string[] | null;
  /** Whether variants keep their values under names that are new. */
  readonly renames: boolean;
  /** Translations by word; of words that are not here the old ones stay, unless `replacesWords`. */
  readonly words: ReadonlyMap<string, TextByLocale>;
  readonly replacesWords: boolean;
}

/** An image of the list of all. */
export interface MediaEdit {
  readonly url: string;
  readonly altText?: string | null;
  readonly role?: MediaRole;
  readonly altTexts?: TextByLocale;
}

/** The products that an edit relates, by id or by handle. */
export interface RelationsEdit {
  readonly kind: RelationKind;
  readonly products: readonly string[];
}

/** What an edit makes of what belongs to a product in tables of its own. */
export interface SectionEdits {
  readonly texts?: readonly KeptText[];
  readonly channelMedia?: readonly { readonly channel: string; readonly urls: readonly string[] }[];
  readonly categoryIds?: readonly string[];
  readonly relations?: readonly RelationsEdit[];
}

/** Everything that an edit makes of a product. */
export interface ProductEdit {
  readonly content: ContentPatch;
  readonly options: OptionsEdit | null;
  readonly attributes: readonly AttributeInput[] | null;
  readonly feedFields: FeedFieldsPatch | undefined;
  readonly media: readonly MediaEdit[] | null;
  readonly variants: VariantsEdit | null;
  readonly sections: SectionEdits;
}
