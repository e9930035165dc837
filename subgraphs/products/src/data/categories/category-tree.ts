import type { Fragment, Sql } from 'postgres';

/** Ids of categories: a list of valid ids, or an SQL expression of the type `uuid[]`. */
export type CategoryIds = readonly string[] | Fragment;

const idArray = (sql: Sql, ids: CategoryIds): Fragment =>
  Array.isArray(ids) ? sql`${ids as string[]}::uuid[]` : sql`${ids as Fragment}::uuid[]`;

/** A query of one column, `category_id`: the categories and everything below them, each once. */
export const categoriesBelow = (sql: Sql, categoryIds: CategoryIds): Fragment => sql`
  with recursive below (category_id) as (
    select unnest(${idArray(sql, categoryIds)})
    union select c.category_id from below b join products.categories c on c.parent_id = b.category_id)
  select category_id from below`;

/** The same for each of several categories: a query of `root_id` and `category_id`. */
export const categoriesBelowEach = (sql: Sql, categoryIds: CategoryIds): Fragment => sql`
  with recursive below (root_id, category_id) as (
    select id, id from unnest(${idArray(sql, categoryIds)}) as id
    union select b.root_id, c.category_id from below b join products.categories c on c.parent_id = b.category_id)
  select root_id, category_id from below`;

/**
 * A query of `category_id`, `ancestor_id` and `distance`: each of the categories with itself (distance 0) and everything above it. Unknown ids
 * have themselves alone.
 */
export const categoriesAbove = (sql: Sql, categoryIds: CategoryIds): Fragment => sql`
  with recursive above (category_id, ancestor_id, distance) as (
    select distinct id, id, 0 from unnest(${idArray(sql, categoryIds)}) as id
    union all select a.category_id, c.parent_id, a.distance + 1 from above a join products.categories c on c.category_id = a.ancestor_id where c.parent_id is not null)
  select category_id, ancestor_id, distance from above`;
