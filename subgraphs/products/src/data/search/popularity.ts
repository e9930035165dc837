import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Below what tells a better match from a worse one. */
const MAXIMUM = 999_999;

/**
 * Keeps how popular products are: any number from 0 to a million, of which the higher one comes first. Rows are locked in the order of products; those that
 * are gone are passed over.
 */
export async function writePopularity(
  tx: Tx,
  rows: readonly { readonly productId: string; readonly popularity: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w("productId" uuid, popularity double precision)`;
  await tx.execute(sql`
    select 1 from products.search_documents d where d.product_id in (select w."productId" from ${given}) order by d.product_id, d.language, d.channel_code for no key update`);
  await tx.execute(sql`
    with written as (
      insert into products.search_popularity as k (product_id, popularity)
      select w."productId", least(w.popularity, ${MAXIMUM}) from ${given} where w.popularity > 0 and exists (select 1 from products.products p where p.product_id = w."productId") order by w."productId"
      on conflict on constraint search_popularity_pkey do update set popularity = excluded.popularity where k.popularity <> excluded.popularity),
    removed as (delete from products.search_popularity k using ${given} where k.product_id = w."productId" and w.popularity <= 0)
    update products.search_documents d set popularity = least(w.popularity, ${MAXIMUM}) from ${given} where d.product_id = w."productId" and d.popularity <> w.popularity`);
}
