import type { Sql } from 'postgres';
import type { AttributeInput } from '../../domain/types/accept-attributes.ts';
import type {
  AttributeContent,
  AttributeDefinition,
  AttributeValues,
} from '../../domain/types/attribute-definition.ts';
import type { MediaRole, ProductStatus, RelationKind } from '../../domain/editing/inputs.ts';

/** A product with everything that belongs to it, as exports and imports know it: without ids, but with its variants' ids beside. */
export interface ProductContentRow {
  readonly productId: string;
  readonly handle: string;
  /** Aligned with the variants of the content. */
  readonly variantIds: string[];
  readonly content: Readonly<Record<string, unknown>>;
}

/** Which products are read. */
export type DocumentSelection =
  | { readonly handles: readonly string[] }
  /** Those behind an id, published in one of the channels where any are named. */
  | { readonly after: string | null; readonly limit: number; readonly channels: readonly string[] };

type Words = Readonly<Record<string, string>>;

interface Row {
  readonly productId: string;
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: string[];
  readonly optionNames: string[];
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  readonly externalReference: string | null;
  readonly status: ProductStatus;
  readonly taxCategory: string;
  readonly isGiftCard: boolean;
  readonly attributes: AttributeValues;
  readonly externalReferences: Words;
  readonly feedFields: Readonly<Record<string, unknown>>;
  readonly optionWords: Readonly<Record<string, Words>>;
  readonly definitions: readonly AttributeDefinition[] | null;
  readonly variants: readonly VariantRow[];
  readonly media: readonly { url: string; altText: string | null; role: MediaRole; altTexts: Words }[];
  readonly categories: readonly string[];
  readonly texts: readonly Readonly<Record<string, string | null>>[];
  readonly channelMedia: readonly { channel: string; url: string }[];
  readonly relations: readonly { kind: RelationKind; handle: string }[];
  readonly publications: readonly { channel: string; startsAt: string | null; endsAt: string | null }[];
  readonly components: readonly BundleRow[];
}

interface VariantRow {
  readonly variantId: string;
  readonly optionValues: string[];
  readonly attributes: AttributeValues;
  readonly externalReferences: Words;
  readonly [field: string]: unknown;
}

interface BundleRow {
  readonly optionValues: string[];
  readonly handle: string;
  readonly componentValues: string[];
  readonly quantity: number;
}

/** Products with all that belongs to them, by handle. A catalogue that is new asks for many that are not there: that is found out first, and cheaply. */
export async function findDocumentsByHandle(sql: Sql, handles: readonly string[]): Promise<ProductContentRow[]> {
  const known = await sql<{ handle: string }[]>`
    select handle from products.products where handle in (select jsonb_array_elements_text(${JSON.stringify(handles)}::jsonb))`;
  return known.length === 0 ? [] : findProductDocuments(sql, { handles: known.map(({ handle }) => handle) });
}

/**
 * Products with all that belongs to them, in order of id: of the making. One statement for any number; the callers bound it.
 * Values of attributes that the product's type has no more are left out, for nobody sees or may write them.
 */
export async function findProductDocuments(sql: Sql, selection: DocumentSelection): Promise<ProductContentRow[]> {
  const rows = await sql<Row[]>`
    select p.product_id as "productId", p.handle, p.title, p.description_html as "descriptionHtml", p.vendor, p.product_type as "productType", p.tags,
      p.option_names as "optionNames", p.seo_title as "seoTitle", p.seo_description as "seoDescription", p.external_reference as "externalReference", p.status,
      p.tax_category as "taxCategory", p.is_gift_card as "isGiftCard", p.attributes, p.external_references as "externalReferences", p.feed_fields as "feedFields",
      p.option_words as "optionWords", (select t.attributes from products.product_types t where t.name = p.product_type) as definitions,
      (select jsonb_agg(jsonb_build_object('variantId', v.variant_id, 'optionValues', v.option_values, 'sku', v.sku, 'barcode', v.barcode, 'weightGrams', v.weight_grams,
          'imageUrl', (select m.url from products.media m where m.media_id = v.media_id), 'taxCategory', v.tax_category, 'requiresShipping', v.requires_shipping,
          'externalReference', v.external_reference, 'externalReferences', v.external_references, 'attributes', v.attributes, 'feedFields', v.feed_fields) order by v.position)
        from products.variants v where v.product_id = p.product_id) as variants,
      coalesce((select jsonb_agg(jsonb_build_object('url', m.url, 'altText', m.alt_text, 'role', m.role, 'altTexts', m.alt_texts) order by m.position)
        from products.media m where m.product_id = p.product_id), '[]') as media,
      coalesce((select jsonb_agg(c.handle order by k.position) from products.product_categories k join products.categories c using (category_id)
        where k.product_id = p.product_id), '[]') as categories,
      coalesce((select jsonb_agg(jsonb_build_object('channel', nullif(t.channel_code, ''), 'locale', nullif(t.locale, ''), 'title', t.title, 'descriptionHtml', t.description_html,
          'seoTitle', t.seo_title, 'seoDescription', t.seo_description) order by t.channel_code, t.locale)
        from products.product_texts t where t.product_id = p.product_id), '[]') as texts,
      coalesce((select jsonb_agg(jsonb_build_object('channel', o.channel_code, 'url', m.url) order by o.channel_code, o.position)
        from products.channel_media o join products.media m using (media_id) where o.product_id = p.product_id), '[]') as "channelMedia",
      coalesce((select jsonb_agg(jsonb_build_object('kind', r.kind, 'handle', o.handle) order by r.kind, r.position)
        from products.product_relations r join products.products o on o.product_id = r.related_product_id where r.product_id = p.product_id), '[]') as relations,
      coalesce((select jsonb_agg(jsonb_build_object('channel', s.channel_code, 'startsAt', s.starts_at, 'endsAt', s.ends_at) order by s.channel_code)
        from products.publications s where s.product_id = p.product_id), '[]') as publications,
      coalesce((select jsonb_agg(jsonb_build_object('optionValues', v.option_values, 'handle', q.handle, 'componentValues', w.option_values, 'quantity', b.quantity)
          order by v.position, q.handle, w.position)
        from products.variants v join products.variant_components b using (variant_id) join products.variants w on w.variant_id = b.component_variant_id
          join products.products q on q.product_id = w.product_id
        where v.product_id = p.product_id), '[]') as components
    from products.products p where ${condition(sql, selection)}
    order by p.product_id ${'limit' in selection ? sql`limit ${selection.limit}` : sql``}`;
  return rows.map(toDocument);
}

function condition(sql: Sql, selection: DocumentSelection) {
  if ('handles' in selection)
    return sql`p.handle in (select jsonb_array_elements_text(${JSON.stringify(selection.handles)}::jsonb))`;
  const behind = selection.after === null ? sql`true` : sql`p.product_id > ${selection.after}`;
  const shown =
    selection.channels.length === 0
      ? sql`true`
      : sql`exists (select from products.publications s where s.product_id = p.product_id
          and s.channel_code in (select jsonb_array_elements_text(${JSON.stringify(selection.channels)}::jsonb)))`;
  return sql`${behind} and ${shown}`;
}

function toDocument(row: Row): ProductContentRow {
  const { productId, definitions, components, optionWords, ...product } = row;
  const known = new Map((definitions ?? []).map((definition) => [definition.code, definition]));
  const attributesOf = (values: AttributeValues, scope: AttributeDefinition['scope']) =>
    toAttributeInputs(values, (code) => known.get(code)?.scope === scope && known.get(code)?.isRetired === false);
  return {
    productId,
    handle: product.handle,
    variantIds: product.variants.map(({ variantId }) => variantId),
    content: {
      ...product,
      attributes: attributesOf(product.attributes, 'PRODUCT'),
      externalReferences: toReferences(product.externalReferences),
      optionWords: toOptionWords(optionWords),
      variants: product.variants.map(({ variantId: _, ...variant }) => ({
        ...variant,
        attributes: attributesOf(variant.attributes, 'VARIANT'),
        externalReferences: toReferences(variant.externalReferences),
      })),
      media: product.media.map(({ altTexts, ...image }) => ({ ...image, altTexts: toTexts(altTexts) })),
      channelMedia: grouped(product.channelMedia, ({ channel }) => channel).map(([channel, images]) => ({
        channel,
        urls: images.map(({ url }) => url),
      })),
      relations: grouped(product.relations, ({ kind }) => kind).map(([kind, related]) => ({
        kind,
        handles: related.map(({ handle }) => handle),
      })),
      bundles: grouped(components, ({ optionValues }) => JSON.stringify(optionValues)).map(([, parts]) => ({
        optionValues: parts[0]!.optionValues,
        components: parts.map(({ handle, componentValues, quantity }) => ({
          handle,
          optionValues: componentValues,
          quantity,
        })),
      })),
    },
  };
}

const grouped = <Entry, Key>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): [Key, Entry[]][] => [
  ...Map.groupBy(entries, keyOf),
];

const byName = (left: readonly [string, unknown], right: readonly [string, unknown]) => (left[0] < right[0] ? -1 : 1);
const toTexts = (texts: Words) =>
  Object.entries(texts)
    .sort(byName)
    .map(([locale, text]) => ({ locale, text }));
const toReferences = (references: Words) =>
  Object.entries(references)
    .sort(byName)
    .map(([source, id]) => ({ source, id }));

/** Words by locale, turned to locales by word. */
function toOptionWords(words: Row['optionWords']) {
  const all = Object.entries(words)
    .sort(byName)
    .flatMap(([locale, ofLocale]) => Object.entries(ofLocale).map(([word, text]) => ({ word, locale, text })));
  return grouped(all, ({ word }) => word)
    .sort(byName)
    .map(([word, entries]) => ({ word, words: entries.map(({ locale, text }) => ({ locale, text })) }));
}

/** Kept values as an input has them, by code and language. */
function toAttributeInputs(values: AttributeValues, isShown: (code: string) => boolean): AttributeInput[] {
  return Object.entries(values)
    .filter(([code]) => isShown(code))
    .sort(byName)
    .flatMap(([code, value]) =>
      isByLocale(value)
        ? Object.entries(value)
            .sort(byName)
            .map(([locale, content]) => ({ code, value: content, locale: locale || null }))
        : [{ code, value }],
    );
}

/** Only what is localizable is kept as an object. */
const isByLocale = (value: AttributeValues[string]): value is Readonly<Record<string, AttributeContent>> =>
  typeof value === 'object' && !Array.isArray(value);
