import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** A product in a channel. */
export interface Publication {
  readonly productId: string;
  readonly channelCode: string;
}

const pairs = (publications: readonly Publication[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(publications)}::jsonb) as wanted("productId" uuid, "channelCode" text)`;

/** Publishes locked products. @returns the ids of those that were not published there. */
export async function publish(tx: Tx, publications: readonly Publication[]): Promise<string[]> {
  if (publications.length === 0) return [];
  const rows = await tx.execute<{ productId: string }>(sql`
    insert into products.publications (channel_code, product_id, published_at) select "channelCode", "productId", products.app_now() from ${pairs(publications)}
    on conflict on constraint publications_pkey do nothing returning product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}

/** Hides locked products. @returns the ids of those that were published there. */
export async function unpublish(tx: Tx, publications: readonly Publication[]): Promise<string[]> {
  if (publications.length === 0) return [];
  const rows = await tx.execute<{ productId: string }>(sql`
    delete from products.publications p using ${pairs(publications)} where p.channel_code = "channelCode" and p.product_id = "productId" returning p.product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}

/** Locks products by id, in the order of their handles as every other command does. @returns the ids that exist. */
export async function lockProductIds(tx: Tx, productIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products where product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)
    order by handle for no key update`);
  return rows.map(({ productId }) => productId);
}
