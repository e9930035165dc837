import type { RevisionContent } from '../history/revision.ts';
import { inKeyOrder } from './key-order.ts';
import type { ProductCore, SectionContents } from './product-content.ts';

/** A product as editors see it: values by field. A field of a variant, text or attribute is named by all that leads to it. */
export type ProductFieldValues = ReadonlyMap<string, unknown>;

/** A product with everything that an edit can change. */
interface WholeProduct extends ProductCore {
  readonly sections: SectionContents;
}

/** What fields are called that are written for all channels or in the catalogue's own language. */
const ALL = '*';

/**
 * The fields of a product, by the names of the input of `productUpdate`: `title`, `attributes.material.de`, `variants.ID.sku`,
 * `texts.CHANNEL.LOCALE.title` (`*` for every channel, or the catalogue's language), `relations.ACCESSORY`. Lists that are replaced as a
 * whole are one field.
 */
export function fieldsOf({ content, variants, media, sections }: WholeProduct): ProductFieldValues {
  const { attributes, feedFields, externalReferences, optionNames, optionWords, ...columns } = content;
  const urlOf = new Map(media.map(({ mediaId, url }) => [mediaId, url]));
  const fields = new Map<string, unknown>(Object.entries(columns));
  fields.set('externalReferences', toList(externalReferences));
  if (optionNames.length > 0) fields.set('options', { names: optionNames, words: optionWords });
  setAll(fields, 'attributes', attributes);
  setAll(fields, 'feedFields', feedFields);
  for (const { variantId, mediaId, ...variant } of variants) {
    const { attributes: own, feedFields: feeds, externalReferences: references, ...rest } = variant;
    const place = `variants.${variantId}`;
    setAll(fields, place, {
      ...rest,
      imageUrl: mediaId === null ? null : (urlOf.get(mediaId) ?? null),
      externalReferences: toList(references),
    });
    setAll(fields, `${place}.attributes`, own);
    setAll(fields, `${place}.feedFields`, feeds);
  }
  fields.set(
    'media',
    media.map(({ url, altText, role, altTexts }) => ({ url, altText, role, altTexts })),
  );
  for (const { channel, locale, ...texts } of sections.texts)
    setAll(fields, `texts.${channel || ALL}.${locale || ALL}`, texts);
  for (const { channel, mediaIds } of sections.channelMedia)
    fields.set(
      `channelMedia.${channel}`,
      mediaIds.map((id) => urlOf.get(id) ?? null),
    );
  fields.set('categoryIds', sections.categoryIds);
  for (const { kind, productIds } of sections.relations) fields.set(`relations.${kind}`, productIds);
  return fields;
}

const toList = (references: Readonly<Record<string, string>>) =>
  Object.entries(references).map(([source, id]) => ({ source, id }));

/** Sets each value of an object, and each language of one that is localizable, as a field of its own. */
function setAll(fields: Map<string, unknown>, place: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [locale, text] of Object.entries(value))
        fields.set(locale === '' ? `${place}.${name}` : `${place}.${name}.${locale}`, text);
    else fields.set(`${place}.${name}`, value);
}

/** The product that a revision kept. Columns that the tables did not have then are as new rows have them. */
export function productOfRevision(revision: RevisionContent): WholeProduct {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const object = <Json>(value: unknown) => inKeyOrder(value ?? {}) as Json;
  const { product } = revision;
  return {
    content: {
      handle: text(product['handle']) ?? '',
      title: text(product['title']) ?? '',
      descriptionHtml: text(product['description_html']) ?? '',
      vendor: text(product['vendor']),
      productType: text(product['product_type']),
      tags: listOf<string>(product['tags']),
      seoTitle: text(product['seo_title']),
      seoDescription: text(product['seo_description']),
      externalReference: text(product['external_reference']),
      optionNames: listOf<string>(product['option_names']),
      status: (text(product['status']) ?? 'ACTIVE') as WholeProduct['content']['status'],
      taxCategory: text(product['tax_category']) ?? 'standard',
      isGiftCard: product['is_gift_card'] === true,
      attributes: object(product['attributes']),
      externalReferences: object(product['external_references']),
      feedFields: object(product['feed_fields']),
      optionWords: object(product['option_words']),
    },
    variants: revision.variants.map((row, position) => ({
      variantId: String(row['variant_id']),
      position,
      optionValues: listOf<string>(row['option_values']),
      sku: text(row['sku']),
      barcode: text(row['barcode']),
      weightGrams: typeof row['weight_grams'] === 'number' ? row['weight_grams'] : null,
      mediaId: text(row['media_id']),
      taxCategory: text(row['tax_category']),
      requiresShipping: row['requires_shipping'] !== false,
      externalReference: text(row['external_reference']),
      attributes: object(row['attributes']),
      externalReferences: object(row['external_references']),
      feedFields: object(row['feed_fields']),
    })),
    media: revision.media.map((row, position) => ({
      mediaId: String(row['media_id']),
      position,
      url: String(row['url']),
      altText: text(row['alt_text']),
      role: (text(row['role']) ?? 'GALLERY') as WholeProduct['media'][number]['role'],
      altTexts: object(row['alt_texts']),
    })),
    sections: {
      texts: revision.texts.map((row) => ({
        channel: String(row['channel_code']),
        locale: String(row['locale']),
        title: text(row['title']),
        descriptionHtml: text(row['description_html']),
        seoTitle: text(row['seo_title']),
        seoDescription: text(row['seo_description']),
      })),
      channelMedia: groups(revision.channelMedia, 'channel_code', 'media_id').map(([channel, mediaIds]) => ({
        channel,
        mediaIds,
      })),
      categoryIds: revision.categories,
      relations: groups(revision.relations, 'kind', 'related_product_id').map(([kind, productIds]) => ({
        kind: kind as SectionContents['relations'][number]['kind'],
        productIds,
      })),
    },
  };
}

const listOf = <Item>(value: unknown): Item[] => (Array.isArray(value) ? (value as Item[]) : []);

const groups = (rows: RevisionContent['relations'], group: string, member: string): [string, string[]][] =>
  [...Map.groupBy(rows, (row) => String(row[group]))].map(([name, mine]) => [
    name,
    mine.map((row) => String(row[member])),
  ]);
