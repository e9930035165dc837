import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Has the rules of collections, whose rows are locked, decided for the whole catalogue from its beginning. */
export async function beginSweeps(tx: Tx, collectionIds: readonly string[]): Promise<void> {
  if (collectionIds.length === 0) return;
  await tx.execute(sql`
    insert into products.collection_sweeps (collection_id, behind, begun_at)
    select id::uuid, null, products.app_now() from jsonb_array_elements_text(${JSON.stringify(collectionIds)}::jsonb) as id order by 1
    on conflict on constraint collection_sweeps_pkey do update set behind = null`);
}

/** Ends the sweep of a locked collection, or one that it does not need any more. */
export async function endSweep(tx: Tx, collectionId: string): Promise<void> {
  await tx.execute(sql`delete from products.collection_sweeps where collection_id = ${collectionId}`);
}

/** The collection whose sweep was begun first; null when there is none. Nothing is locked. */
export async function nextSweep(tx: Tx): Promise<string | null> {
  const [row] = await tx.execute<{ collectionId: string }>(sql`
    select collection_id as "collectionId" from products.collection_sweeps order by begun_at, collection_id limit 1`);
  return row?.collectionId ?? null;
}

/** The next products of the sweep of a locked collection, by id; null when the collection is swept already. */
export async function sweptProducts(tx: Tx, collectionId: string, limit: number): Promise<string[] | null> {
  const [sweep] = await tx.execute<{ behind: string | null }>(sql`
    select behind from products.collection_sweeps where collection_id = ${collectionId}`);
  if (!sweep) return null;
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products where ${sweep.behind === null ? sql`true` : sql`product_id > ${sweep.behind}`} order by product_id limit ${limit}`);
  return rows.map(({ productId }) => productId);
}

/** Notes behind which product the sweep of a locked collection goes on. */
export async function advanceSweep(tx: Tx, collectionId: string, behind: string): Promise<void> {
  await tx.execute(sql`update products.collection_sweeps set behind = ${behind} where collection_id = ${collectionId}`);
}
