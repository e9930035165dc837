import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, jsonb, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { products } from './catalogue.ts';
import { instant, plainText, schema } from './schema.ts';

/** The category tree. A move changes one row: what is above and below is found by following parents. */
export const categories = schema.table(
  'categories',
  {
    categoryId: uuid('category_id').notNull(),
    parentId: uuid('parent_id'),
    handle: plainText('handle').notNull(),
    name: text('name').notNull(),
    /** The name by locale. */
    names: jsonb('names').notNull().default({}),
    position: integer('position').notNull(),
    externalReference: text('external_reference'),
    version: integer('version').notNull(),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'categories_pkey', columns: [table.categoryId] }),
    unique('categories_handle_key').on(table.handle),
    // Imports know a category by it.
    unique('categories_external_reference_key').on(table.externalReference),
    foreignKey({
      name: 'categories_parent_fkey',
      columns: [table.parentId],
      foreignColumns: [table.categoryId],
    }),
    check('categories_not_its_own_parent', sql`${table.parentId} <> ${table.categoryId}`),
    index('categories_children').on(table.parentId, table.position, table.categoryId),
  ],
);

/** One row, whose lock whoever changes the shape of the tree holds: two moves at once could make a cycle that neither sees. */
export const categoryTree = schema.table(
  'category_tree',
  { single: boolean('single').notNull().default(true), version: integer('version').notNull() },
  (table) => [
    primaryKey({ name: 'category_tree_pkey', columns: [table.single] }),
    check('category_tree_single', sql`${table.single}`),
  ],
);

/** The categories of a product; the one at position 0 is its main one, by which marketplaces file it. */
export const productCategories = schema.table(
  'product_categories',
  {
    productId: uuid('product_id').notNull(),
    categoryId: uuid('category_id').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [
    primaryKey({ name: 'product_categories_pkey', columns: [table.productId, table.categoryId] }),
    foreignKey({
      name: 'product_categories_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'product_categories_category_fkey',
      columns: [table.categoryId],
      foreignColumns: [categories.categoryId],
    }),
    index('product_categories_category').on(table.categoryId, table.productId),
  ],
);
