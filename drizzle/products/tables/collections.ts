import { foreignKey, index, integer, jsonb, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
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
