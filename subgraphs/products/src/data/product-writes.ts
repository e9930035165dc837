import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { KeptMedia, KeptProduct, KeptVariant } from '../domain/product-difference.ts';
import type { ProductContent } from '../domain/product-rules.ts';
import { foldText } from '../domain/text.ts';

// Everything here is one statement for any number of products; lists travel as one JSON parameter.

type OfProduct<Row> = Row & { readonly productId: string };

const contentColumns = sql`"productId" uuid, handle text, title text, "titleKey" text, "descriptionHtml" text, vendor text, "productType" text, tags text[],
  "seoTitle" text, "seoDescription" text, "externalReference" text, "optionNames" text[]`;

const withKey = (contents: readonly OfProduct<ProductContent>[]) =>
  JSON.stringify(contents.map((content) => ({ ...content, titleKey: foldText(content.title) })));

/** Which of the handles name a product already, without a lock. */
export async function knownHandles(tx: Tx, handles: readonly string[]): Promise<Set<string>> {
  const rows = await tx.execute<{ handle: string }>(sql`
    select handle from products.products where handle in (select jsonb_array_elements_text(${JSON.stringify(handles)}::jsonb))`);
  return new Set(rows.map(({ handle }) => handle));
}

/** Inserts products whose handle is free, as version 1, in the order of their handles. @returns the handles that were. */
export async function insertProducts(tx: Tx, contents: readonly OfProduct<ProductContent>[]): Promise<Set<string>> {
  const rows = await tx.execute<{ handle: string }>(sql`
    insert into products.products (product_id, handle, title, title_key, description_html, vendor, product_type, tags, option_names, seo_title, seo_description,
      external_reference, version, created_at, updated_at)
    select p."productId", p.handle, p.title, p."titleKey", p."descriptionHtml", p.vendor, p."productType", p.tags, p."optionNames", p."seoTitle", p."seoDescription",
      p."externalReference", 1, products.app_now(), products.app_now()
    from jsonb_to_recordset(${withKey(contents)}::jsonb) as p(${contentColumns})
    order by p.handle collate "C" on conflict on constraint products_handle_key do nothing returning handle`);
  return new Set(rows.map(({ handle }) => handle));
}

/** Locks products in the order of their handles and reads all of them. The lock lets others refer to a product, not change it. */
export async function lockProducts(tx: Tx, handles: readonly string[]): Promise<KeptProduct[]> {
  const rows = await tx.execute<OfProduct<ProductContent> & Record<string, unknown>>(sql`
    select product_id as "productId", handle, title, description_html as "descriptionHtml", vendor, product_type as "productType", tags, seo_title as "seoTitle",
      seo_description as "seoDescription", external_reference as "externalReference", option_names as "optionNames"
    from products.products where handle in (select jsonb_array_elements_text(${JSON.stringify(handles)}::jsonb)) order by handle for no key update`);
  const ids = JSON.stringify(rows.map(({ productId }) => productId));
  const mine = sql`product_id in (select jsonb_array_elements_text(${ids}::jsonb)::uuid)`;
  const variants = await tx.execute<OfProduct<KeptVariant> & Record<string, unknown>>(sql`
    select product_id as "productId", variant_id as "variantId", position, option_values as "optionValues", sku, barcode, weight_grams as "weightGrams", media_id as "mediaId"
    from products.variants where ${mine} order by product_id, position`);
  const media = await tx.execute<OfProduct<KeptMedia> & Record<string, unknown>>(sql`
    select product_id as "productId", media_id as "mediaId", position, url, alt_text as "altText" from products.media where ${mine} order by product_id, position`);
  const shown = await tx.execute<{ productId: string; code: string }>(sql`
    select product_id as "productId", channel_code as code from products.publications where ${mine} order by product_id, channel_code`);
  const variantsOf = Map.groupBy(variants, (row) => row.productId);
  const mediaOf = Map.groupBy(media, (row) => row.productId);
  const shownOf = Map.groupBy(shown, (row) => row.productId);
  return rows.map(({ productId, ...content }) => ({
    productId,
    content: inOrder(content),
    variants: (variantsOf.get(productId) ?? []).map(
      ({ variantId, position, optionValues, sku, barcode, weightGrams, mediaId }) => ({
        variantId,
        position,
        optionValues,
        sku,
        barcode,
        weightGrams,
        mediaId,
      }),
    ),
    media: (mediaOf.get(productId) ?? []).map(({ mediaId, position, url, altText }) => ({
      mediaId,
      position,
      url,
      altText,
    })),
    channels: (shownOf.get(productId) ?? []).map(({ code }) => code),
  }));
}

/** Only the columns of the content, in the order in which they are compared. */
const inOrder = ({
  handle,
  title,
  descriptionHtml,
  vendor,
  productType,
  tags,
  seoTitle,
  seoDescription,
  externalReference,
  optionNames,
}: ProductContent): ProductContent => ({
  handle,
  title,
  descriptionHtml,
  vendor,
  productType,
  tags,
  seoTitle,
  seoDescription,
  externalReference,
  optionNames,
});

/** Overwrites the contents of locked products and counts their versions on. */
export async function updateProducts(tx: Tx, contents: readonly OfProduct<ProductContent>[]): Promise<void> {
  if (contents.length === 0) return;
  await tx.execute(sql`
    update products.products p set title = w.title, title_key = w."titleKey", description_html = w."descriptionHtml", vendor = w.vendor, product_type = w."productType",
      tags = w.tags, seo_title = w."seoTitle", seo_description = w."seoDescription", external_reference = w."externalReference", option_names = w."optionNames",
      version = p.version + 1, updated_at = products.app_now()
    from jsonb_to_recordset(${withKey(contents)}::jsonb) as w(${contentColumns}) where p.product_id = w."productId"`);
}

/** Counts the versions of locked products on, when something that belongs to them changed. */
export async function touchProducts(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  await tx.execute(sql`
    update products.products set version = version + 1, updated_at = products.app_now()
    where product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)`);
}

/** Inserts or overwrites images by id. */
export async function writeMedia(tx: Tx, media: readonly OfProduct<KeptMedia>[]): Promise<void> {
  if (media.length === 0) return;
  await tx.execute(sql`
    insert into products.media (media_id, product_id, position, url, alt_text)
    select m."mediaId", m."productId", m.position, m.url, m."altText"
    from jsonb_to_recordset(${JSON.stringify(media)}::jsonb) as m("mediaId" uuid, "productId" uuid, position int, url text, "altText" text)
    on conflict on constraint media_pkey do update set position = excluded.position, alt_text = excluded.alt_text`);
}

/** Inserts or overwrites variants by id; their option values never change. */
export async function writeVariants(tx: Tx, variants: readonly OfProduct<KeptVariant>[]): Promise<void> {
  if (variants.length === 0) return;
  await tx.execute(sql`
    insert into products.variants (variant_id, product_id, position, option_values, sku, barcode, weight_grams, media_id)
    select v."variantId", v."productId", v.position, v."optionValues", v.sku, v.barcode, v."weightGrams", v."mediaId"
    from jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) as v("variantId" uuid, "productId" uuid, position int, "optionValues" text[], sku text, barcode text,
      "weightGrams" int, "mediaId" uuid)
    on conflict on constraint variants_pkey do update set position = excluded.position, sku = excluded.sku, barcode = excluded.barcode,
      weight_grams = excluded.weight_grams, media_id = excluded.media_id`);
}

/** Removes variants or images by id. */
export async function removeRows(tx: Tx, table: 'variants' | 'media', ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const column = sql.identifier(table === 'variants' ? 'variant_id' : 'media_id');
  await tx.execute(sql`
    delete from products.${sql.identifier(table)} where ${column} in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`);
}
