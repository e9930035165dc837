import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { inKeyOrder } from '../domain/editing/key-order.ts';
import type { KeptMedia, KeptProduct, KeptVariant, ProductContent } from '../domain/editing/product-content.ts';
import { foldText } from '../domain/text.ts';

// Everything here is one statement for any number of products; lists travel as one JSON parameter.

type OfProduct<Row> = Row & { readonly productId: string };

const idsOf = (ids: readonly string[]) => sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`;
const handlesOf = (handles: readonly string[]) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(handles)}::jsonb))`;

const contentColumns = sql`"productId" uuid, handle text, title text, "titleKey" text, "descriptionHtml" text, vendor text, "productType" text, tags text[],
  "seoTitle" text, "seoDescription" text, "externalReference" text, "optionNames" text[], status text, "taxCategory" text, "isGiftCard" boolean, attributes jsonb,
  "externalReferences" jsonb, "feedFields" jsonb, "optionWords" jsonb`;

const withKey = (contents: readonly OfProduct<ProductContent>[]) =>
  JSON.stringify(contents.map((content) => ({ ...content, titleKey: foldText(content.title) })));

/** The ids of products by their handles, without a lock; handles that name none are left out. */
export async function findIdsByHandle(tx: Tx, handles: readonly string[]): Promise<Map<string, string>> {
  if (handles.length === 0) return new Map();
  const rows = await tx.execute<{ handle: string; productId: string }>(sql`
    select handle, product_id as "productId" from products.products where handle in ${handlesOf(handles)}`);
  return new Map(rows.map(({ handle, productId }) => [handle, productId]));
}

/** Inserts products whose handle is free, as version 1, in the order of their handles. @returns the handles that were. */
export async function insertProducts(tx: Tx, contents: readonly OfProduct<ProductContent>[]): Promise<Set<string>> {
  if (contents.length === 0) return new Set();
  const rows = await tx.execute<{ handle: string }>(sql`
    insert into products.products (product_id, handle, title, title_key, description_html, vendor, product_type, tags, option_names, seo_title, seo_description,
      external_reference, status, tax_category, is_gift_card, attributes, external_references, feed_fields, option_words, version, created_at, updated_at)
    select p."productId", p.handle, p.title, p."titleKey", p."descriptionHtml", p.vendor, p."productType", p.tags, p."optionNames", p."seoTitle", p."seoDescription",
      p."externalReference", p.status, p."taxCategory", p."isGiftCard", p.attributes, p."externalReferences", p."feedFields", p."optionWords",
      1, products.app_now(), products.app_now()
    from jsonb_to_recordset(${withKey(contents)}::jsonb) as p(${contentColumns})
    order by p.handle collate "C" on conflict on constraint products_handle_key do nothing returning handle`);
  return new Set(rows.map(({ handle }) => handle));
}

/** Takes back products that this transaction has inserted, before anything refers to them. */
export async function withdrawProducts(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  await tx.execute(sql`delete from products.products where product_id in ${idsOf(productIds)}`);
}

const productRows = sql`
  select product_id as "productId", handle, title, description_html as "descriptionHtml", vendor, product_type as "productType", tags, seo_title as "seoTitle",
    seo_description as "seoDescription", external_reference as "externalReference", option_names as "optionNames", status, tax_category as "taxCategory",
    is_gift_card as "isGiftCard", attributes, external_references as "externalReferences", feed_fields as "feedFields", option_words as "optionWords"
  from products.products`;

type ProductRow = OfProduct<ProductContent> & Record<string, unknown>;

/** Locks products in the order of their handles and reads all of them. The lock lets others refer to a product, not change it. */
export async function lockProducts(tx: Tx, handles: readonly string[]): Promise<KeptProduct[]> {
  if (handles.length === 0) return [];
  return withRows(
    tx,
    await tx.execute<ProductRow>(
      sql`${productRows} where handle in ${handlesOf(handles)} order by handle for no key update`,
    ),
  );
}

/** Reads products that are locked, in no order. */
export const readProducts = async (tx: Tx, productIds: readonly string[]): Promise<KeptProduct[]> =>
  withRows(tx, await tx.execute<ProductRow>(sql`${productRows} where product_id in ${idsOf(productIds)}`));

async function withRows(tx: Tx, rows: readonly ProductRow[]): Promise<KeptProduct[]> {
  if (rows.length === 0) return [];
  const mine = sql`product_id in ${idsOf(rows.map(({ productId }) => productId))}`;
  const variants = await tx.execute<OfProduct<KeptVariant> & Record<string, unknown>>(sql`
    select product_id as "productId", variant_id as "variantId", position, option_values as "optionValues", sku, barcode, weight_grams as "weightGrams",
      media_id as "mediaId", tax_category as "taxCategory", requires_shipping as "requiresShipping", external_reference as "externalReference", attributes,
      external_references as "externalReferences", feed_fields as "feedFields"
    from products.variants where ${mine} order by product_id, position`);
  const media = await tx.execute<OfProduct<KeptMedia> & Record<string, unknown>>(sql`
    select product_id as "productId", media_id as "mediaId", position, url, alt_text as "altText", role, alt_texts as "altTexts"
    from products.media where ${mine} order by product_id, position`);
  const shown = await tx.execute<{ productId: string; code: string }>(sql`
    select product_id as "productId", channel_code as code from products.publications where ${mine} order by product_id, channel_code`);
  const variantsOf = Map.groupBy(variants, (row) => row.productId);
  const mediaOf = Map.groupBy(media, (row) => row.productId);
  const shownOf = Map.groupBy(shown, (row) => row.productId);
  return rows.map(({ productId, ...content }) => ({
    productId,
    content: {
      ...content,
      attributes: inKeyOrder(content.attributes),
      externalReferences: inKeyOrder(content.externalReferences),
      feedFields: inKeyOrder(content.feedFields),
      optionWords: inKeyOrder(content.optionWords),
    },
    variants: (variantsOf.get(productId) ?? []).map(toVariant),
    media: (mediaOf.get(productId) ?? []).map(toMedia),
    channels: (shownOf.get(productId) ?? []).map(({ code }) => code),
  }));
}

const toVariant = ({ productId: _, ...variant }: OfProduct<KeptVariant>): KeptVariant => ({
  ...variant,
  attributes: inKeyOrder(variant.attributes),
  externalReferences: inKeyOrder(variant.externalReferences),
  feedFields: inKeyOrder(variant.feedFields),
});

const toMedia = ({ productId: _, ...media }: OfProduct<KeptMedia>): KeptMedia => ({
  ...media,
  altTexts: inKeyOrder(media.altTexts),
});

/** Overwrites the contents of locked products; their versions are counted on by whoever ends the command. */
export async function updateProducts(tx: Tx, contents: readonly OfProduct<ProductContent>[]): Promise<void> {
  if (contents.length === 0) return;
  await tx.execute(sql`
    update products.products p set handle = w.handle, title = w.title, title_key = w."titleKey", description_html = w."descriptionHtml", vendor = w.vendor,
      product_type = w."productType", tags = w.tags, seo_title = w."seoTitle", seo_description = w."seoDescription", external_reference = w."externalReference",
      option_names = w."optionNames", status = w.status, tax_category = w."taxCategory", is_gift_card = w."isGiftCard", attributes = w.attributes,
      external_references = w."externalReferences", feed_fields = w."feedFields", option_words = w."optionWords"
    from jsonb_to_recordset(${withKey(contents)}::jsonb) as w(${contentColumns}) where p.product_id = w."productId"`);
}

/** Counts the versions of locked products on, when something that belongs to them changed. */
export async function touchProducts(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  await tx.execute(sql`
    update products.products set version = version + 1, updated_at = products.app_now() where product_id in ${idsOf(productIds)}`);
}

/** Inserts or overwrites images by id. */
export async function writeMedia(tx: Tx, media: readonly OfProduct<KeptMedia>[]): Promise<void> {
  if (media.length === 0) return;
  await tx.execute(sql`
    insert into products.media (media_id, product_id, position, url, alt_text, role, alt_texts)
    select m."mediaId", m."productId", m.position, m.url, m."altText", m.role, m."altTexts"
    from jsonb_to_recordset(${JSON.stringify(media)}::jsonb) as m("mediaId" uuid, "productId" uuid, position int, url text, "altText" text, role text, "altTexts" jsonb)
    on conflict on constraint media_pkey do update set position = excluded.position, alt_text = excluded.alt_text, role = excluded.role,
      alt_texts = excluded.alt_texts`);
}

/**
 * Gives the option values of variants free that are to get others: two that swap theirs would otherwise be in each other's way. Every one
 * of them is written afterwards.
 */
export async function freeOptionValues(tx: Tx, variantIds: readonly string[]): Promise<void> {
  if (variantIds.length === 0) return;
  await tx.execute(sql`
    update products.variants set option_values = array[variant_id::text] where variant_id in ${idsOf(variantIds)}`);
}

/** Inserts or overwrites variants by id. */
export async function writeVariants(tx: Tx, variants: readonly OfProduct<KeptVariant>[]): Promise<void> {
  if (variants.length === 0) return;
  await tx.execute(sql`
    insert into products.variants (variant_id, product_id, position, option_values, sku, barcode, weight_grams, media_id, tax_category, requires_shipping,
      external_reference, attributes, external_references, feed_fields)
    select v."variantId", v."productId", v.position, v."optionValues", v.sku, v.barcode, v."weightGrams", v."mediaId", v."taxCategory", v."requiresShipping",
      v."externalReference", v.attributes, v."externalReferences", v."feedFields"
    from jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) as v("variantId" uuid, "productId" uuid, position int, "optionValues" text[], sku text, barcode text,
      "weightGrams" int, "mediaId" uuid, "taxCategory" text, "requiresShipping" boolean, "externalReference" text, attributes jsonb, "externalReferences" jsonb,
      "feedFields" jsonb)
    on conflict on constraint variants_pkey do update set position = excluded.position, option_values = excluded.option_values, sku = excluded.sku,
      barcode = excluded.barcode, weight_grams = excluded.weight_grams, media_id = excluded.media_id, tax_category = excluded.tax_category,
      requires_shipping = excluded.requires_shipping, external_reference = excluded.external_reference, attributes = excluded.attributes,
      external_references = excluded.external_references, feed_fields = excluded.feed_fields`);
}

/** Removes variants or images by id. */
export async function removeRows(tx: Tx, table: 'variants' | 'media', ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const column = sql.identifier(table === 'variants' ? 'variant_id' : 'media_id');
  await tx.execute(sql`delete from products.${sql.identifier(table)} where ${column} in ${idsOf(ids)}`);
}
