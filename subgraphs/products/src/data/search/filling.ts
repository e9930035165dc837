import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { channelLanguages } from './refresh.ts';

/** Counts what documents and the names of values were made by: what is of another is made anew. */
const MADE_BY = 2;

/** Takes products out of the queue of those whose documents have to be made anew; what another process takes is passed over. */
export async function takeQueued(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ productId: string }>(sql`
    delete from products.search_queue where product_id in (select product_id from products.search_queue order by product_id limit ${limit} for update skip locked)
    returning product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}

/**
 * Takes the next products whose documents are to be made for the languages that channels speak now, and locks the place until the end of the
 * transaction. When those changed on the way, it begins again. @returns null when all documents are for them, or another process is at it
 */
export async function takeBatchToFill(tx: Tx, limit: number): Promise<{ productIds: string[] } | null> {
  const [place] = await tx.execute<{
    wanted: string;
    profile: string;
    filling: string | null;
    through: string | null;
  }>(sql`
    select f.profile, f.filling, f.filled_through as through,
      ${MADE_BY} || ':' || coalesce((select string_agg(language || case when is_default then '!' else '' end, ',' order by language) from (${channelLanguages}) as spoken), '') as wanted
    from products.search_profile f for update of f skip locked`);
  if (place === undefined || (place.profile === place.wanted && place.filling === null)) return null;
  const through = place.filling === place.wanted ? place.through : null;
  if (place.filling !== place.wanted)
    await tx.execute(sql`update products.search_profile set filling = ${place.wanted}, filled_through = null`);
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products where ${through === null ? sql`true` : sql`product_id > ${through}::uuid`} order by product_id limit ${limit}`);
  return { productIds: rows.map(({ productId }) => productId) };
}

/** Notes how far documents are made; null when they are all. */
export async function finishFilling(tx: Tx, through: string | null): Promise<void> {
  await tx.execute(
    through === null
      ? sql`update products.search_profile set profile = filling, filling = null, filled_through = null`
      : sql`update products.search_profile set filled_through = ${through}::uuid`,
  );
}

/** Has what was written since the last time sorted into the indexes, which every search goes through until then. Costs nothing when that is nothing. */
export async function sortIn({ sql: run }: Database): Promise<void> {
  await run`select gin_clean_pending_list('products.search_documents_vector'), gin_clean_pending_list('products.search_documents_title_trigrams')`;
}
