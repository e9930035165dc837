import type { Tx } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';

/** The categories that a product shall have, the main one first. */
export interface CategoriesOfProduct {
  readonly productId: string;
  readonly categoryIds: readonly string[];
}

/**
 * Those of the ids, which may be any text, that name no category. The others are locked until the transaction ends, so that none of them is
 * removed before it is written.
 */
export async function missingCategories(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(ids.filter(isId).map((id) => id.toLowerCase()))];
  const rows =
    wanted.length === 0
      ? []
      : await tx.execute<{ categoryId: string }>(sql`
          select category_id as "categoryId" from products.categories
          where category_id in (select jsonb_array_elements_text(${JSON.stringify(wanted)}::jsonb)::uuid) order by category_id for key share`);
  const known = new Set(rows.map(({ categoryId }) => categoryId));
  return [...new Set(ids)].filter((id) => !known.has(id.toLowerCase()));
}

/** Gives a locked product exactly these categories, in their order. @returns whether something changed */
export const writeProductCategories = async (
  tx: Tx,
  productId: string,
  categoryIds: readonly string[],
): Promise<boolean> => (await writeCategoriesOfProducts(tx, [{ productId, categoryIds }])).length > 0;

/**
 * Gives locked products exactly these categories, in their order and each once, in one statement. The categories exist: ask
 * `missingCategories` before. @returns the ids of the products whose categories changed
 */
export async function writeCategoriesOfProducts(tx: Tx, products: readonly CategoriesOfProduct[]): Promise<string[]> {
  if (products.length === 0) return [];
  const list = JSON.stringify(
    products.map(({ productId, categoryIds }) => ({
      productId,
      categoryIds: [...new Set(categoryIds.map((id) => id.toLowerCase()))],
    })),
  );
  const rows = await tx.execute<{ productId: string }>(sql`
    with given as materialized (
      select g."productId" as product_id, g."categoryIds" as category_ids from jsonb_to_recordset(${list}::jsonb) as g("productId" uuid, "categoryIds" uuid[])),
    wanted as materialized (
      select g.product_id, c.category_id, (c.place - 1)::int as position from given g cross join lateral unnest(g.category_ids) with ordinality as c(category_id, place)),
    gone as (
      delete from products.product_categories k using given g where k.product_id = g.product_id
        and not exists (select 1 from wanted w where w.product_id = k.product_id and w.category_id = k.category_id)
      returning k.product_id),
    written as (
      insert into products.product_categories as k (product_id, category_id, position)
      select product_id, category_id, position from wanted order by product_id, category_id
      on conflict on constraint product_categories_pkey do update set position = excluded.position where k.position <> excluded.position
      returning k.product_id)
    select product_id as "productId" from gone union select product_id from written`);
  return rows.map(({ productId }) => productId);
}

/** Ids of categories by handle, for those that exist. */
export async function findCategoryIdsByHandle(tx: Tx, handles: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.execute<{ handle: string; categoryId: string }>(sql`
    select handle, category_id as "categoryId" from products.categories where handle in (select jsonb_array_elements_text(${JSON.stringify(handles)}::jsonb))`);
  return new Map(rows.map(({ handle, categoryId }) => [handle, categoryId]));
}
