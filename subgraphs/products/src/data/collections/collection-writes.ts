import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { CollectionValue } from '../../domain/collections/accept-collection.ts';
import { foldText } from '../../domain/text.ts';

/** A collection whose row is locked. */
export interface LockedCollection {
  readonly collectionId: string;
  readonly version: number;
  readonly value: CollectionValue;
}

/** Locks a collection and reads it; null when there is none. */
export async function lockCollection(tx: Tx, collectionId: string): Promise<LockedCollection | null> {
  const [row] = await tx.execute<CollectionValue & { collectionId: string; version: number } & Record<string, unknown>>(
    sql`
      select collection_id as "collectionId", version, handle, title, description_html as "descriptionHtml", seo_title as "seoTitle",
        seo_description as "seoDescription", translations, rule
      from products.collections where collection_id = ${collectionId} for no key update`,
  );
  if (!row) return null;
  const { version, handle, title, descriptionHtml, seoTitle, seoDescription, translations, rule } = row;
  const value = { handle, title, descriptionHtml, seoTitle, seoDescription, translations, rule };
  return { collectionId: row.collectionId, version, value };
}

/** Writes a locked collection, or one that is new, without its products. @throws on a handle that another one has */
export async function writeCollection(tx: Tx, { collectionId, version, value }: LockedCollection): Promise<void> {
  const { handle, title, descriptionHtml, seoTitle, seoDescription, translations, rule } = value;
  await tx.execute(sql`
    insert into products.collections (collection_id, handle, title, title_key, description_html, seo_title, seo_description, translations, rule, version, updated_at)
    values (${collectionId}, ${handle}, ${title}, ${foldText(title)}, ${descriptionHtml}, ${seoTitle}, ${seoDescription}, ${JSON.stringify(translations)}::jsonb,
      ${rule === null ? null : JSON.stringify(rule)}::jsonb, ${version}, products.app_now())
    on conflict on constraint collections_pkey do update set handle = excluded.handle, title = excluded.title, title_key = excluded.title_key,
      description_html = excluded.description_html, seo_title = excluded.seo_title, seo_description = excluded.seo_description,
      translations = excluded.translations, rule = excluded.rule, version = excluded.version, updated_at = excluded.updated_at`);
}

/** How many collections go by a rule. */
export async function countRuled(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from products.collections where rule is not null`,
  );
  return row?.count ?? 0;
}

/** Ids of a collection's products, in its order. */
export async function readMembers(tx: Tx, collectionId: string): Promise<string[]> {
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.collection_products where collection_id = ${collectionId} order by position, product_id`);
  return rows.map(({ productId }) => productId);
}

/** Those of the ids that name a product. */
export async function knownProducts(tx: Tx, productIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products where product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)`);
  return new Set(rows.map(({ productId }) => productId));
}

/** Gives a locked collection exactly these products, in their order. */
export async function writeMembers(tx: Tx, collectionId: string, productIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    with wanted as materialized (
      select id::uuid as product_id, place::int as position from jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb) with ordinality as listed(id, place)),
    gone as (
      delete from products.collection_products cp where cp.collection_id = ${collectionId}
      and not exists (select 1 from wanted w where w.product_id = cp.product_id))
    insert into products.collection_products as cp (collection_id, product_id, position) select ${collectionId}::uuid, product_id, position from wanted order by product_id
    on conflict on constraint collection_products_pkey do update set position = excluded.position where cp.position <> excluded.position`);
}

/** Removes a locked collection. Its products stay. */
export async function deleteCollection(tx: Tx, collectionId: string): Promise<void> {
  await tx.execute(sql`delete from products.collections where collection_id = ${collectionId}`);
}
