import {
  acceptDescription,
  acceptHandle,
  acceptLabel,
  acceptSeoDescription,
  acceptSeoTitle,
  acceptTags,
  acceptTitle,
  EDIT_LIMITS,
} from './editing/accept-line.ts';
import {
  acceptExternalReferences,
  acceptFeedFields,
  acceptStatus,
  acceptTaxCategory,
} from './editing/accept-details.ts';
import { acceptMedia } from './editing/accept-media.ts';
import { acceptSections } from './editing/accept-sections.ts';
import { acceptOptionNames, acceptVariant, nameOfVariant } from './editing/accept-variants.ts';
import { acceptOptionWords } from './editing/accept-words.ts';
import type {
  ChannelMediaInput,
  ExternalReferenceInput,
  FeedFieldsInput,
  LocalizedTextInput,
  MediaRole,
  OptionWordInput,
  ProductStatus,
  ProductTextInput,
  RelationKind,
  VariantDetailsInput,
} from './editing/inputs.ts';
import { DEFAULT_TAX_CATEGORY } from './editing/product-content.ts';
import type { ProductEdit } from './editing/product-edit.ts';
import { at, each, orBroken, rule, type BrokenRule } from './editing/rule.ts';
import type { AttributeInput } from './types/accept-attributes.ts';

/** A product as somebody wants it; see `ProductUpsert` in internal.graphql. What is absent from `status` on stays as it is. */
export interface ProductInput {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor?: string | null | undefined;
  readonly productType?: string | null | undefined;
  readonly tags: readonly string[];
  readonly published: boolean;
  readonly seoTitle?: string | null | undefined;
  readonly seoDescription?: string | null | undefined;
  readonly externalReference?: string | null | undefined;
  readonly optionNames: readonly string[];
  readonly variants: readonly VariantInput[];
  readonly media: readonly MediaInput[];
  readonly status?: ProductStatus | null | undefined;
  readonly taxCategory?: string | null | undefined;
  readonly isGiftCard?: boolean | null | undefined;
  readonly attributes?: readonly AttributeInput[] | null | undefined;
  readonly categoryIds?: readonly string[] | null | undefined;
  readonly externalReferences?: readonly ExternalReferenceInput[] | null | undefined;
  readonly feedFields?: FeedFieldsInput | null | undefined;
  readonly optionWords?: readonly OptionWordInput[] | null | undefined;
  readonly texts?: readonly ProductTextInput[] | null | undefined;
  readonly channelMedia?: readonly ChannelMediaInput[] | null | undefined;
  /** By handle. */
  readonly relations?:
    readonly { readonly kind: RelationKind; readonly handles: readonly string[] }[] | null | undefined;
}

/** A variant as somebody wants it. What is absent from `taxCategory` on stays as it is. */
export interface VariantInput extends VariantDetailsInput {
  readonly optionValues: readonly string[];
  readonly sku?: string | null | undefined;
  readonly barcode?: string | null | undefined;
  readonly weightGrams?: number | null | undefined;
  readonly imageUrl?: string | null | undefined;
}

/** An image as somebody wants it. What is absent from `role` on stays as it is. */
export interface MediaInput {
  readonly url: string;
  readonly altText?: string | null | undefined;
  readonly role?: MediaRole | null | undefined;
  readonly altTexts?: readonly LocalizedTextInput[] | null | undefined;
}

/** Bounds of what belongs to one product. */
export const PRODUCT_LIMITS = EDIT_LIMITS;

/** Checks a product. @returns what has to become of it, or why it cannot be. */
export function acceptProduct(
  input: ProductInput,
  sanitise: (html: string) => string,
): { readonly edit: ProductEdit } | { readonly broken: BrokenRule } {
  const accepted = orBroken(() => accept(input, sanitise));
  return 'broken' in accepted ? accepted : { edit: accepted.result };
}

function accept(input: ProductInput, sanitise: (html: string) => string): ProductEdit {
  const { status, taxCategory, isGiftCard, externalReferences, feedFields, optionWords } = input;
  return {
    content: {
      handle: at(['handle'], () => acceptHandle(input.handle)),
      title: at(['title'], () => acceptTitle(input.title)),
      descriptionHtml: at(['descriptionHtml'], () => acceptDescription(input.descriptionHtml, sanitise)),
      vendor: at(['vendor'], () => acceptLabel('The vendor', input.vendor)),
      productType: at(['productType'], () => acceptLabel('The product type', input.productType)),
      tags: at(['tags'], () => acceptTags(input.tags)),
      seoTitle: at(['seoTitle'], () => acceptSeoTitle(input.seoTitle)),
      seoDescription: at(['seoDescription'], () => acceptSeoDescription(input.seoDescription)),
      externalReference: at(['externalReference'], () =>
        acceptLabel('The external reference', input.externalReference),
      ),
      ...(status == null ? {} : { status: at(['status'], () => acceptStatus(status)) }),
      ...(taxCategory === undefined
        ? {}
        : { taxCategory: at(['taxCategory'], () => acceptTaxCategory(taxCategory)) ?? DEFAULT_TAX_CATEGORY }),
      ...(isGiftCard == null ? {} : { isGiftCard }),
      ...(externalReferences === undefined
        ? {}
        : { externalReferences: at(['externalReferences'], () => acceptExternalReferences(externalReferences ?? [])) }),
    },
    options: {
      names: at(['optionNames'], () => acceptOptionNames(input.optionNames)),
      renames: false,
      words: at(['optionWords'], () => acceptOptionWords(optionWords ?? [])),
      replacesWords: optionWords !== undefined,
    },
    attributes: input.attributes ?? null,
    feedFields: feedFields === undefined ? undefined : at(['feedFields'], () => acceptFeedFields(feedFields)),
    media: at(['media'], () => acceptMedia(input.media)).map((media) => ({ altText: null, ...media })),
    variants: { kind: 'all', variants: at(['variants'], () => acceptVariants(input)) },
    sections: acceptSections(
      { ...input, relations: input.relations?.map(({ kind, handles }) => ({ kind, products: handles })) },
      'handles',
      sanitise,
    ),
  };
}

function acceptVariants({ variants, optionNames }: ProductInput) {
  rule(variants.length > 0, 'There is no variant.');
  rule(
    variants.length <= PRODUCT_LIMITS.variants,
    `There are ${variants.length} variants, and ${PRODUCT_LIMITS.variants} are allowed.`,
  );
  const seen = new Set<string>();
  return each(variants, (variant) => {
    const given = acceptVariant(variant, nameOfVariant(variant.optionValues));
    const { optionValues = [] } = given;
    const name = nameOfVariant(optionValues);
    rule(
      optionValues.length === optionNames.length,
      `The variant ${name} has ${optionValues.length} option values for ${optionNames.length} options.`,
    );
    const key = JSON.stringify(optionValues);
    rule(!seen.has(key), `The variant ${name} occurs twice.`);
    seen.add(key);
    // What an import does not have of these is removed.
    return { sku: null, barcode: null, weightGrams: null, imageUrl: null, ...given, optionValues };
  });
}
