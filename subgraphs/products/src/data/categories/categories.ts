import type { Fragment, Sql } from 'postgres';
import { MAX_CATEGORIES_OF_PRODUCT, MAX_CHILDREN } from '../../domain/categories/category-rules.ts';

/** A category as it is kept. */
export interface CategoryRow {
  readonly categoryId: string;
  readonly parentId: string | null;
  readonly handle: string;
  readonly name: string;
  /** The name by locale. */
  readonly names: Readonly<Record<string, string>>;
  readonly position: number;
  readonly externalReference: string | null;
  readonly version: number;
}

/** The columns of `CategoryRow`, of the table `c`. */
export const categoryColumns = (sql: Sql): Fragment => sql`
  c.category_id as "categoryId", c.parent_id as "parentId", c.handle, c.name, c.names, c.position, c.external_reference as "externalReference", c.version`;

/** Categories by id, in no order. */
export const findCategories = (sql: Sql, categoryIds: readonly string[]): Promise<CategoryRow[]> =>
  sql<CategoryRow[]>`
    select ${categoryColumns(sql)} from products.categories c where c.category_id = any(${categoryIds as string[]}::uuid[])`;

/** A category by handle; null when there is none. */
export async function findCategoryByHandle(sql: Sql, handle: string): Promise<CategoryRow | null> {
  const [row] = await sql<CategoryRow[]>`
    select ${categoryColumns(sql)} from products.categories c where c.handle = ${handle}`;
  return row ?? null;
}

/** Where a category stands among those of the same parent. */
export interface SiblingPosition {
  readonly position: number;
  readonly categoryId: string;
}

/** Categories below a parent in their order, behind a position. @param parentId null for the roots */
export const findCategoryPage = (
  sql: Sql,
  parentId: string | null,
  after: SiblingPosition | null,
  limit: number,
): Promise<CategoryRow[]> =>
  sql<CategoryRow[]>`
    select ${categoryColumns(sql)} from products.categories c
    where ${parentId === null ? sql`c.parent_id is null` : sql`c.parent_id = ${parentId}::uuid`}
      and ${after ? sql`(c.position, c.category_id) > (${after.position}, ${after.categoryId}::uuid)` : sql`true`}
    order by c.position, c.category_id limit ${limit}`;

/** What is above each of the categories, root first, each row with the category that it is above of. */
export const findAncestors = (
  sql: Sql,
  categoryIds: readonly string[],
): Promise<(CategoryRow & { readonly ofCategory: string })[]> =>
  sql<(CategoryRow & { readonly ofCategory: string })[]>`
    with recursive above (of_category, category_id, distance) as (
      select c.category_id, c.parent_id, 1 from products.categories c
      where c.category_id = any(${categoryIds as string[]}::uuid[]) and c.parent_id is not null
      union all select a.of_category, c.parent_id, a.distance + 1 from above a join products.categories c on c.category_id = a.category_id
      where c.parent_id is not null)
    select a.of_category as "ofCategory", ${categoryColumns(sql)} from above a join products.categories c on c.category_id = a.category_id
    order by a.of_category, a.distance desc`;

/** The categories directly below each, in their order. */
export const findChildren = (sql: Sql, categoryIds: readonly string[]): Promise<CategoryRow[]> =>
  sql<CategoryRow[]>`
    select held.* from unnest(${categoryIds as string[]}::uuid[]) as l(parent_id) cross join lateral (
      select ${categoryColumns(sql)} from products.categories c where c.parent_id = l.parent_id
      order by c.position, c.category_id limit ${MAX_CHILDREN}) held`;

/** The categories of each product, the main one first. */
export const findCategoriesOfProducts = (
  sql: Sql,
  productIds: readonly string[],
): Promise<(CategoryRow & { readonly productId: string })[]> =>
  sql<(CategoryRow & { readonly productId: string })[]>`
    select l.product_id as "productId", held.* from unnest(${productIds as string[]}::uuid[]) as l(product_id) cross join lateral (
      select ${categoryColumns(sql)} from products.product_categories k join products.categories c on c.category_id = k.category_id
      where k.product_id = l.product_id order by k.position, c.category_id limit ${MAX_CATEGORIES_OF_PRODUCT}) held`;
