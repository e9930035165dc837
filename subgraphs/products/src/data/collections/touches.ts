import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/**
 * Has the rules of collections asked again for products of which something changed that is no change of the product: prices, whether it can
 * be sold. At the end of the transaction that changes it. Ids that name no product are ignored.
 */
export async function touchForCollections(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  // A row that is there already is locked all the same: who is about to take it would not see what this transaction writes.
  await tx.execute(sql`
    insert into products.collection_touches (product_id)
    select p.product_id from products.products p where p.product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid) order by p.product_id
    on conflict on constraint collection_touches_pkey do update set product_id = excluded.product_id`);
}

/** Takes up to `limit` touched products; those that somebody is touching now are left for the next time. */
export async function takeTouched(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ productId: string }>(sql`
    delete from products.collection_touches where product_id in (
      select product_id from products.collection_touches order by product_id limit ${limit} for update skip locked)
    returning product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}
