import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/**
 * The categories whose lists may show locked products, or have shown them until now: those of their present and of their last revision, and all
 * above them. In one statement; products that are in none are absent.
 */
export async function readCategoriesTouched(tx: Tx, productIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx.execute<{ productId: string; categoryIds: string[] }>(sql`
    with recursive changed as materialized (
      select p.product_id, p.version from jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb) as id
      join products.products p on p.product_id = id::uuid),
    above (product_id, category_id) as (
      select c.product_id, k.category_id from changed c join products.product_categories k on k.product_id = c.product_id
      union select c.product_id, former.id::uuid from changed c
      cross join lateral (select r.content -> 'categories' as categories from products.product_revisions r
        where r.product_id = c.product_id and r.version < c.version order by r.version desc limit 1) last
      cross join lateral jsonb_array_elements_text(last.categories) as former (id)
      union select a.product_id, k.parent_id from above a join products.categories k on k.category_id = a.category_id where k.parent_id is not null)
    select product_id as "productId", array_agg(category_id order by category_id) as "categoryIds" from above group by product_id`);
  return new Map(rows.map(({ productId, categoryIds }) => [productId, categoryIds]));
}
