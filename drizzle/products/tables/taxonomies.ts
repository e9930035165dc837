import { check, foreignKey, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { categories } from './categories.ts';
import { instant, plainText, schema } from './schema.ts';

/** Category trees of others, such as a marketplace's, into which ours is mapped. `revision` counts the changes of the mapping. */
export const taxonomies = schema.table(
  'taxonomies',
  {
    code: plainText('code').notNull(),
    name: text('name').notNull(),
    revision: integer('revision').notNull(),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'taxonomies_pkey', columns: [table.code] }),
    check('taxonomies_code_shape', sql`${table.code} ~ '^[a-z0-9-]{2,32}$'`),
  ],
);

/**
 * What a category is called there, from a revision of the mapping until another: what was mapped once can be read again. Null
 * `target_id`: from here on it is mapped no more.
 */
export const categoryMappings = schema.table(
  'category_mappings',
  {
    taxonomyCode: plainText('taxonomy_code').notNull(),
    categoryId: uuid('category_id').notNull(),
    revision: integer('revision').notNull(),
    targetId: text('target_id'),
    targetPath: text('target_path'),
    changedAt: instant('changed_at'),
    changedBy: text('changed_by').notNull(),
  },
  (table) => [
    primaryKey({ name: 'category_mappings_pkey', columns: [table.taxonomyCode, table.categoryId, table.revision] }),
    foreignKey({
      name: 'category_mappings_taxonomy_fkey',
      columns: [table.taxonomyCode],
      foreignColumns: [taxonomies.code],
    }),
    foreignKey({
      name: 'category_mappings_category_fkey',
      columns: [table.categoryId],
      foreignColumns: [categories.categoryId],
    }).onDelete('cascade'),
    index('category_mappings_revision').on(table.taxonomyCode, table.revision),
    index('category_mappings_category').on(table.categoryId),
  ],
);
