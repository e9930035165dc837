import type { AttributeInput } from '../types/accept-attributes.ts';
import { acceptExternalReferences, acceptFeedFields, acceptStatus, acceptTaxCategory } from './accept-details.ts';
import {
  acceptDescription,
  acceptHandle,
  acceptLabel,
  acceptSeoDescription,
  acceptSeoTitle,
  acceptTags,
  acceptTitle,
} from './accept-line.ts';
import { acceptMedia } from './accept-media.ts';
import { acceptSections } from './accept-sections.ts';
import { acceptOptions, acceptVariantChanges, type GivenOption, type GivenVariantChange } from './accept-variants.ts';
import type {
  ChannelMediaInput,
  ExternalReferenceInput,
  FeedFieldsInput,
  LocalizedTextInput,
  MediaRole,
  ProductStatus,
  ProductTextInput,
  RelationKind,
} from './inputs.ts';
import { DEFAULT_TAX_CATEGORY } from './product-content.ts';
import type { ContentPatch, ProductEdit } from './product-edit.ts';
import { at, orBroken, type BrokenRule } from './rule.ts';

/** What `productCreate` and `productUpdate` can set: what is absent stays; null removes what can be absent, and leaves the rest as it is. */
export interface ProductFields {
  readonly handle?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly descriptionHtml?: string | null | undefined;
  readonly vendor?: string | null | undefined;
  readonly productType?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly status?: ProductStatus | null | undefined;
  readonly seoTitle?: string | null | undefined;
  readonly seoDescription?: string | null | undefined;
  /** Null for `standard`. */
  readonly taxCategory?: string | null | undefined;
  readonly isGiftCard?: boolean | null | undefined;
  readonly externalReference?: string | null | undefined;
  readonly externalReferences?: readonly ExternalReferenceInput[] | null | undefined;
  readonly attributes?: readonly AttributeInput[] | null | undefined;
  readonly categoryIds?: readonly string[] | null | undefined;
  readonly options?: readonly GivenOption[] | null | undefined;
  readonly variants?: readonly GivenVariantChange[] | null | undefined;
  readonly media?:
    | readonly {
        readonly url: string;
        readonly altText?: string | null | undefined;
        readonly role?: MediaRole | null | undefined;
        readonly altTexts?: readonly LocalizedTextInput[] | null | undefined;
      }[]
    | null
    | undefined;
  readonly texts?: readonly ProductTextInput[] | null | undefined;
  readonly channelMedia?: readonly ChannelMediaInput[] | null | undefined;
  readonly relations?:
    readonly { readonly kind: RelationKind; readonly productIds: readonly string[] }[] | null | undefined;
  readonly feedFields?: FeedFieldsInput | null | undefined;
}

/** Checks what is given of a product. @returns what has to become of it, or the first rule that it breaks, with the field. */
export function acceptChange(
  fields: ProductFields,
  sanitise: (html: string) => string,
): { readonly edit: ProductEdit } | { readonly broken: BrokenRule } {
  const accepted = orBroken((): ProductEdit => {
    const { options, attributes, feedFields, media, variants, relations } = fields;
    return {
      content: acceptContent(fields, sanitise),
      options: options == null ? null : at(['options'], () => acceptOptions(options)),
      attributes: attributes ?? null,
      feedFields: feedFields === undefined ? undefined : at(['feedFields'], () => acceptFeedFields(feedFields)),
      media: media == null ? null : at(['media'], () => acceptMedia(media)),
      variants:
        variants == null ? null : { kind: 'changes', changes: at(['variants'], () => acceptVariantChanges(variants)) },
      sections: acceptSections(
        { ...fields, relations: relations?.map(({ kind, productIds }) => ({ kind, products: productIds })) },
        'productIds',
        sanitise,
      ),
    };
  });
  return 'broken' in accepted ? accepted : { edit: accepted.result };
}

/** How each column is read. One that is not read here is no column that this sets. */
const COLUMNS: {
  readonly [Field in keyof ContentPatch]: (
    fields: ProductFields,
    sanitise: (html: string) => string,
  ) => ContentPatch[Field] | undefined;
} = {
  handle: ({ handle }) => (handle == null ? undefined : acceptHandle(handle)),
  title: ({ title }) => (title == null ? undefined : acceptTitle(title)),
  descriptionHtml: ({ descriptionHtml }, sanitise) =>
    descriptionHtml == null ? undefined : acceptDescription(descriptionHtml, sanitise),
  vendor: ({ vendor }) => (vendor === undefined ? undefined : acceptLabel('The vendor', vendor)),
  productType: ({ productType }) =>
    productType === undefined ? undefined : acceptLabel('The product type', productType),
  tags: ({ tags }) => (tags == null ? undefined : acceptTags(tags)),
  status: ({ status }) => (status == null ? undefined : acceptStatus(status)),
  seoTitle: ({ seoTitle }) => (seoTitle === undefined ? undefined : acceptSeoTitle(seoTitle)),
  seoDescription: ({ seoDescription }) =>
    seoDescription === undefined ? undefined : acceptSeoDescription(seoDescription),
  taxCategory: ({ taxCategory }) =>
    taxCategory === undefined ? undefined : (acceptTaxCategory(taxCategory) ?? DEFAULT_TAX_CATEGORY),
  isGiftCard: ({ isGiftCard }) => isGiftCard ?? undefined,
  externalReference: ({ externalReference }) =>
    externalReference === undefined ? undefined : acceptLabel('The external reference', externalReference),
  externalReferences: ({ externalReferences }) =>
    externalReferences === undefined ? undefined : acceptExternalReferences(externalReferences ?? []),
};

function acceptContent(fields: ProductFields, sanitise: (html: string) => string): ContentPatch {
  const given = Object.entries(COLUMNS).map(
    ([field, read]) => [field, at([field], () => read(fields, sanitise))] as const,
  );
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
