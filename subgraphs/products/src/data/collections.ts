import type { Tx } from '@kontor/kit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import type { Fragment, Sql } from 'postgres';
import type { CollectionRule } from '../domain/collections/collection-rule.ts';
import type { CollectionTranslations } from '../domain/collections/collection-texts.ts';

/** A collection without its products. */
export interface CollectionRow {
  readonly collectionId: string;
  readonly handle: string;
  readonly title: string;
  readonly titleKey: string;
  readonly descriptionHtml: string;
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  /** By locale; null when nothing is translated. */
  readonly translations: CollectionTranslations | null;
  /** Null for a hand-picked one. */
  readonly rule: CollectionRule | null;
  readonly version: number;
}

/** A collection as it shall be; products are ids, in order. */
export interface CollectionContent {
  readonly collectionId: string;
  readonly handle: string;
  readonly title: string;
  readonly titleKey: string;
  readonly descriptionHtml: string;
  readonly productIds: readonly string[];
}

const MAX_COLLECTIONS_OF_PRODUCT = 50;

/** The columns of `CollectionRow`, of the table `c`. */
const collectionColumns = (sql: Sql): Fragment => sql`
  c.collection_id as "collectionId", c.handle, c.title, c.title_key as "titleKey", c.description_html as "descriptionHtml", c.seo_title as "seoTitle",
  c.seo_description as "seoDescription", nullif(c.translations, '{}') as translations, c.rule, c.version`;

/** Collections by id, in no order. */
export const findCollections = (sql: Sql, collectionIds: readonly string[]): Promise<CollectionRow[]> =>
  sql<
    CollectionRow[]
  >`select ${collectionColumns(sql)} from products.collections c where c.collection_id = any(${collectionIds as string[]}::uuid[])`;

/** A collection by handle; null when there is none. */
export async function findCollectionByHandle(sql: Sql, handle: string): Promise<CollectionRow | null> {
  const [row] = await sql<
    CollectionRow[]
  >`select ${collectionColumns(sql)} from products.collections c where c.handle = ${handle}`;
  return row ?? null;
}

/** Collections by title, behind a position. */
export const findCollectionPage = (
  sql: Sql,
  after: { readonly titleKey: string; readonly collectionId: string } | null,
  limit: number,
): Promise<CollectionRow[]> =>
  sql<CollectionRow[]>`
    select ${collectionColumns(sql)} from products.collections c
    where ${after ? sql`(c.title_key, c.collection_id) > (${after.titleKey}, ${after.collectionId}::uuid)` : sql`true`}
    order by c.title_key, c.collection_id limit ${limit}`;

/** The first 50 collections of each product, by title. */
export const findCollectionsOfProducts = (
  sql: Sql,
  productIds: readonly string[],
): Promise<(CollectionRow & { readonly productId: string })[]> =>
  sql<(CollectionRow & { readonly productId: string })[]>`
    select l.product_id as "productId", held.* from unnest(${productIds as string[]}::uuid[]) as l(product_id) cross join lateral (
      select ${collectionColumns(sql)} from products.collection_products cp join products.collections c on c.collection_id = cp.collection_id
      where cp.product_id = l.product_id order by c.title_key, c.collection_id limit ${MAX_COLLECTIONS_OF_PRODUCT}) held`;

/** Inserts those of the collections whose handle is free, with version 0, in the order of their handles. */
export async function insertMissingCollections(tx: Tx, collections: readonly CollectionContent[]): Promise<void> {
  await tx.execute(statement`
    insert into products.collections (collection_id, handle, title, title_key, description_html, version, updated_at)
    select c."collectionId", c.handle, c.title, c."titleKey", c."descriptionHtml", 0, products.app_now()
    from jsonb_to_recordset(${JSON.stringify(collections)}::jsonb) as c("collectionId" uuid, handle text, title text, "titleKey" text, "descriptionHtml" text)
    order by c.handle collate "C" on conflict on constraint collections_handle_key do nothing`);
}

/** A collection as it is; one that goes by a rule is without its products, which the rule decides. */
export interface KeptCollection extends Omit<CollectionContent, 'productIds'> {
  readonly productIds: readonly string[] | null;
}

/** Locks collections in the order of their handles and reads them with their products. */
export async function lockCollections(tx: Tx, handles: readonly string[]): Promise<KeptCollection[]> {
  const list = JSON.stringify(handles);
  await tx.execute(statement`
    select 1 from products.collections where handle in (select jsonb_array_elements_text(${list}::jsonb)) order by handle for no key update`);
  const rows = await tx.execute<KeptCollection & Record<string, unknown>>(statement`
    select c.collection_id as "collectionId", c.handle, c.title, c.title_key as "titleKey", c.description_html as "descriptionHtml",
      case when c.rule is null then array(select cp.product_id from products.collection_products cp where cp.collection_id = c.collection_id order by cp.position) end as "productIds"
    from products.collections c where c.handle in (select jsonb_array_elements_text(${list}::jsonb))`);
  return [...rows];
}

/** Writes collections and exactly their products, where they do not go by a rule, and counts their versions on. */
export async function writeCollections(
  tx: Tx,
  collections: readonly KeptCollection[],
): Promise<{ collectionId: string; handle: string; version: number }[]> {
  const list = JSON.stringify(collections);
  const rows = await tx.execute<{ collectionId: string; handle: string; version: number }>(statement`
    update products.collections c set title = w.title, title_key = w."titleKey", description_html = w."descriptionHtml", version = c.version + 1, updated_at = products.app_now()
    from jsonb_to_recordset(${list}::jsonb) as w("collectionId" uuid, title text, "titleKey" text, "descriptionHtml" text)
    where c.collection_id = w."collectionId" returning c.collection_id as "collectionId", c.handle, c.version`);
  await writeMembers(
    tx,
    collections.filter(({ productIds }) => productIds !== null),
  );
  return [...rows];
}

async function writeMembers(tx: Tx, collections: readonly KeptCollection[]): Promise<void> {
  if (collections.length === 0) return;
  const list = JSON.stringify(collections);
  await tx.execute(statement`
    with wanted as materialized (
      select w."collectionId" as collection_id, p.product_id, p.position::int from jsonb_to_recordset(${list}::jsonb) as w("collectionId" uuid, "productIds" uuid[])
      cross join lateral unnest(w."productIds") with ordinality as p(product_id, position)),
    gone as (
      delete from products.collection_products cp where cp.collection_id in (select w."collectionId" from jsonb_to_recordset(${list}::jsonb) as w("collectionId" uuid))
      and not exists (select 1 from wanted w where w.collection_id = cp.collection_id and w.product_id = cp.product_id))
    insert into products.collection_products as cp (collection_id, product_id, position) select collection_id, product_id, position from wanted order by collection_id, product_id
    on conflict on constraint collection_products_pkey do update set position = excluded.position where cp.position <> excluded.position`);
}

/** Ids of products by handle, for those that exist. */
export async function findProductIdsByHandle(tx: Tx, handles: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.execute<{ handle: string; productId: string }>(statement`
    select handle, product_id as "productId" from products.products where handle in (select jsonb_array_elements_text(${JSON.stringify(handles)}::jsonb))`);
  return new Map(rows.map(({ handle, productId }) => [handle, productId]));
}
