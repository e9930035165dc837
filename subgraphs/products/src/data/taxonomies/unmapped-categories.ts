import type { Sql } from 'postgres';
import { categoryColumns, type CategoryRow } from '../categories/categories.ts';

/**
 * Categories that hold products which some channel shows now, and that neither by themselves nor by a category above them are mapped; by
 * handle, behind one. The walk goes down from the roots and ends where something is mapped.
 */
export const findUnmappedPage = (
  sql: Sql,
  taxonomyCode: string,
  after: string | null,
  limit: number,
): Promise<CategoryRow[]> =>
  sql<CategoryRow[]>`
    with recursive mapped as materialized (
      select category_id from (
        select distinct on (category_id) category_id, target_id from products.category_mappings
        where taxonomy_code = ${taxonomyCode} order by category_id, revision desc) m
      where target_id is not null),
    bare (category_id) as (
      select c.category_id from products.categories c where c.parent_id is null and c.category_id not in (select category_id from mapped)
      union all select c.category_id from bare b join products.categories c on c.parent_id = b.category_id
      where c.category_id not in (select category_id from mapped))
    select ${categoryColumns(sql)} from bare b join products.categories c on c.category_id = b.category_id
    where ${after === null ? sql`true` : sql`c.handle > ${after}`} and exists (
      select 1 from products.product_categories k join products.publications p on p.product_id = k.product_id and p.is_live where k.category_id = c.category_id)
    order by c.handle limit ${limit}`;
