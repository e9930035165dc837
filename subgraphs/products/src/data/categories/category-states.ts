import type { Sql } from 'postgres';

/** What others keep of a category; `CategoryState` of internal.graphql. */
export interface CategoryState {
  readonly categoryId: string;
  readonly parentId: string | null;
  readonly revision: number;
}

/** States of categories by id, behind one. @param after null from the beginning */
export const findCategoryStates = (sql: Sql, after: string | null, limit: number): Promise<CategoryState[]> =>
  sql<CategoryState[]>`
    select c.category_id as "categoryId", c.parent_id as "parentId", c.version as revision from products.categories c
    where ${after === null ? sql`true` : sql`c.category_id > ${after}::uuid`} order by c.category_id limit ${limit}`;
