import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { products } from './catalogue.ts';
import { instant, plainText, schema } from './schema.ts';

/** Lists of products: hand-picked, or those that match a rule. */
export const collections = schema.table(
  'collections',
  {
    collectionId: uuid('collection_id').notNull(),
    handle: plainText('handle').notNull(),
    title: text('title').notNull(),
    titleKey: plainText('title_key').notNull(),
    descriptionHtml: text('description_html').notNull(),
    /** Null for a hand-picked one. */
    rule: jsonb('rule'),
    seoTitle: text('seo_title'),
    seoDescription: text('seo_description'),
    /** `{ title, descriptionHtml, seoTitle, seoDescription }` by locale. */
    translations: jsonb('translations').notNull().default({}),
    version: integer('version').notNull(),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'collections_pkey', columns: [table.collectionId] }),
    unique('collections_handle_key').on(table.handle),
    index('collections_title').on(table.titleKey, table.collectionId),
  ],
);

/** The products of a collection, in its own order. */
export const collectionProducts = schema.table(
  'collection_products',
  {
    collectionId: uuid('collection_id').notNull(),
    productId: uuid('product_id').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [
    primaryKey({ name: 'collection_products_pkey', columns: [table.collectionId, table.productId] }),
    foreignKey({
      name: 'collection_products_collection_fkey',
      columns: [table.collectionId],
      foreignColumns: [collections.collectionId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'collection_products_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    index('collection_products_order').on(table.collectionId, table.position, table.productId),
    index('collection_products_product').on(table.productId),
  ],
);

/**
 * How far the collections by rule have followed the catalogue: one row, whose lock the process holds that follows. `last_number` is the place
 * in the sequence of changes up to which every product was decided, `tree_version` the shape of the category tree, and `checked_at` the
 * instant for which conditions on age hold.
 */
export const collectionFollower = schema.table(
  'collection_follower',
  {
    single: boolean('single').notNull().default(true),
    lastNumber: bigint('last_number', { mode: 'number' }).notNull(),
    treeVersion: integer('tree_version').notNull(),
    checkedAt: instant('checked_at'),
  },
  (table) => [
    primaryKey({ name: 'collection_follower_pkey', columns: [table.single] }),
    check('collection_follower_single', sql`${table.single}`),
  ],
);

/** Collections whose rule is to be decided for the whole catalogue, and behind which product that goes on; null for the beginning. */
export const collectionSweeps = schema.table(
  'collection_sweeps',
  { collectionId: uuid('collection_id').notNull(), behind: uuid('behind'), begunAt: instant('begun_at') },
  (table) => [
    primaryKey({ name: 'collection_sweeps_pkey', columns: [table.collectionId] }),
    foreignKey({
      name: 'collection_sweeps_collection_fkey',
      columns: [table.collectionId],
      foreignColumns: [collections.collectionId],
    }).onDelete('cascade'),
  ],
);

/** Products of which something changed that rules ask for and that is no change of the product: its prices, whether it can be sold. */
export const collectionTouches = schema.table(
  'collection_touches',
  { productId: uuid('product_id').notNull() },
  (table) => [
    primaryKey({ name: 'collection_touches_pkey', columns: [table.productId] }),
    foreignKey({
      name: 'collection_touches_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
  ],
);
