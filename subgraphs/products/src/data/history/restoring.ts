import type { Tx } from '@kontor/kit/src/database.ts';
import {
  channelMedia,
  media,
  productRelations,
  products,
  productTexts,
  variants,
} from '@kontor/drizzle/products/tables.ts';
import { getTableColumns, getTableName, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { KeptRow, RevisionContent } from '../../domain/history/revision.ts';

const idsOf = (ids: readonly unknown[]) => sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`;

/** What a product is, and not what it was: who it is, its place in time, and what is made of the rest. */
const NOT_RESTORED: ReadonlySet<string> = new Set([
  'product_id',
  'title_key',
  'search',
  'version',
  'created_at',
  'updated_at',
]);

const columnsOf = (table: PgTable): string[] => Object.values(getTableColumns(table)).map(({ name }) => name);
const list = (columns: readonly string[], prefix = '') =>
  sql.join(
    columns.map((column) => sql`${sql.raw(prefix)}${sql.identifier(column)}`),
    sql`, `,
  );
const nameOf = (table: PgTable) => sql`products.${sql.identifier(getTableName(table))}`;

/** The products whose variants are parts of what a revision held, with the product itself: what has to be locked to restore it. */
export async function findInvolvedProducts(tx: Tx, productId: string, content: RevisionContent): Promise<string[]> {
  const parts = content.components.map(({ component_variant_id: id }) => id);
  const rows = await tx.execute<{ productId: string }>(sql`
    select distinct product_id as "productId" from products.variants where variant_id in ${idsOf(parts)} union select ${productId}::uuid`);
  return rows.map(({ productId: id }) => id);
}

/** Something that a revision refers to and that is gone. */
export interface GoneReference {
  readonly kind: 'channel' | 'category' | 'product' | 'variant';
  readonly id: string;
}

/** What a revision refers to and is gone, by kind and id; at most ten. Its own variants come back. */
export async function findGoneReferences(tx: Tx, content: RevisionContent): Promise<GoneReference[]> {
  const own = new Set(content.variants.map((row) => row['variant_id']));
  const wanted = {
    channels: [...content.texts, ...content.channelMedia]
      .map((row) => row['channel_code'])
      .filter((code) => code !== ''),
    categories: content.categories,
    products: content.relations.map((row) => row['related_product_id']),
    variants: content.components.map(({ component_variant_id: id }) => id).filter((id) => !own.has(id)),
  };
  const values = (name: keyof typeof wanted) =>
    sql`(select distinct id from jsonb_array_elements_text(${JSON.stringify(wanted[name])}::jsonb) as id) w`;
  const rows = await tx.execute<GoneReference & Record<string, unknown>>(sql`
    select 'channel' as kind, id from ${values('channels')} where not exists (select 1 from products.channels c where c.code = id)
    union all select 'category', id from ${values('categories')} where not exists (select 1 from products.categories c where c.category_id = id::uuid)
    union all select 'product', id from ${values('products')} where not exists (select 1 from products.products p where p.product_id = id::uuid)
    union all select 'variant', id from ${values('variants')} where not exists (select 1 from products.variants v where v.variant_id = id::uuid)
    order by 1, 2 limit 10`);
  return rows.map(({ kind, id }) => ({ kind, id }));
}

/** Variants of a locked product that a revision did not have, with what they are called. */
export async function findSurplusVariants(
  tx: Tx,
  productId: string,
  content: RevisionContent,
): Promise<{ variantId: string; optionValues: string[] }[]> {
  const rows = await tx.execute<{ variantId: string; optionValues: string[] }>(sql`
    select variant_id as "variantId", option_values as "optionValues" from products.variants
    where product_id = ${productId} and variant_id not in ${idsOf(content.variants.map((row) => row['variant_id']))} order by position`);
  return rows.map(({ variantId, optionValues }) => ({ variantId, optionValues }));
}

/** Writes the row of a locked product; columns that are younger than the revision stay as they are. @param titleKey of its title. */
export async function restoreProductRow(tx: Tx, productId: string, row: KeptRow, titleKey: string): Promise<void> {
  const columns = columnsOf(products).filter((column) => !NOT_RESTORED.has(column));
  await tx.execute(sql`
    update products.products p set title_key = ${titleKey}, (${list(columns)}) = (
      select ${list(columns, 'r.')} from jsonb_populate_record(p, ${JSON.stringify(row)}::jsonb) r)
    where p.product_id = ${productId}`);
}

const rowsOf = (productId: string, rows: readonly KeptRow[]): string =>
  JSON.stringify(rows.map((row) => ({ ...row, product_id: productId })));

const insertRows = (tx: Tx, table: PgTable, productId: string, rows: readonly KeptRow[], conflict: SQL = sql``) =>
  tx.execute(sql`
    insert into ${nameOf(table)} (${list(columnsOf(table))})
    select ${list(columnsOf(table), 'r.')} from jsonb_populate_recordset(null::${nameOf(table)}, ${rowsOf(productId, rows)}::jsonb) r ${conflict}`);

const overwrite = (table: PgTable, key: string) =>
  sql`on conflict (${sql.identifier(key)}) do update set ${sql.join(
    columnsOf(table)
      .filter((column) => column !== key)
      .map((column) => sql`${sql.identifier(column)} = excluded.${sql.identifier(column)}`),
    sql`, `,
  )}`;

/**
 * Gives a locked product the images and variants of a revision, those that were removed with their old ids. What it had besides is removed:
 * nothing refers to it any more.
 */
export async function restoreVariants(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  const kept = (rows: readonly KeptRow[], id: string) => idsOf(rows.map((row) => row[id]));
  await tx.execute(sql`
    delete from products.variants where product_id = ${productId} and variant_id not in ${kept(content.variants, 'variant_id')}`);
  await tx.execute(sql`
    delete from products.media where product_id = ${productId} and media_id not in ${kept(content.media, 'media_id')}`);
  // Values that no variant has: one that takes over another's would meet it otherwise, in whatever order they are written.
  await tx.execute(sql`
    update products.variants set option_values = array[variant_id::text] where product_id = ${productId}`);
  await insertRows(tx, media, productId, content.media, overwrite(media, 'media_id'));
  await insertRows(tx, variants, productId, content.variants, overwrite(variants, 'variant_id'));
}

/** Gives a locked product the texts, channels' images, categories and relations of a revision, and no others. */
export async function restoreDetails(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  for (const [table, rows] of [
    [productTexts, content.texts],
    [channelMedia, content.channelMedia],
    [productRelations, content.relations],
  ] as const) {
    await tx.execute(sql`delete from ${nameOf(table)} where product_id = ${productId}`);
    if (rows.length > 0) await insertRows(tx, table, productId, rows);
  }
  await tx.execute(sql`delete from products.product_categories where product_id = ${productId}`);
  await tx.execute(sql`
    insert into products.product_categories (product_id, category_id, position)
    select ${productId}::uuid, id::uuid, place - 1 from jsonb_array_elements_text(${JSON.stringify(content.categories)}::jsonb) with ordinality as k(id, place)`);
}

/** What the variants of a locked product consist of, by bundle. */
export async function readBundlesOfProduct(
  tx: Tx,
  productId: string,
): Promise<{ bundleId: string; variantId: string; quantity: number }[]> {
  const rows = await tx.execute<{ bundleId: string; variantId: string; quantity: number }>(sql`
    select c.variant_id as "bundleId", c.component_variant_id as "variantId", c.quantity
    from products.variants v join products.variant_components c on c.variant_id = v.variant_id where v.product_id = ${productId} order by 1, 2`);
  return rows.map(({ bundleId, variantId, quantity }) => ({ bundleId, variantId, quantity }));
}
