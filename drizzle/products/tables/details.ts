import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { media, products } from './catalogue.ts';
import { instant, plainText, schema } from './schema.ts';

/**
 * Kinds of products and the attributes that theirs have. A product is of the type whose name its `product_type` is; one that nobody defined
 * has no attributes. Adding an attribute changes this row and no table.
 */
export const productTypes = schema.table(
  'product_types',
  {
    name: plainText('name').notNull(),
    /** The name by locale. */
    labels: jsonb('labels').notNull(),
    /** Definitions in order; those that were retired stay, so that their codes keep their meaning. */
    attributes: jsonb('attributes').notNull(),
    version: integer('version').notNull(),
    updatedAt: instant('updated_at'),
  },
  (table) => [primaryKey({ name: 'product_types_pkey', columns: [table.name] })],
);

/**
 * Texts of a product that differ from the catalogue's: in a language, in a channel, or both. Empty channel: every channel; empty locale: the
 * catalogue's own language. A text that is null is taken from the next row that has one.
 */
export const productTexts = schema.table(
  'product_texts',
  {
    productId: uuid('product_id').notNull(),
    channelCode: plainText('channel_code').notNull(),
    locale: plainText('locale').notNull(),
    title: text('title'),
    descriptionHtml: text('description_html'),
    seoTitle: text('seo_title'),
    seoDescription: text('seo_description'),
  },
  (table) => [
    primaryKey({ name: 'product_texts_pkey', columns: [table.productId, table.channelCode, table.locale] }),
    foreignKey({
      name: 'product_texts_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    check('product_texts_differ', sql`${table.channelCode} <> '' or ${table.locale} <> ''`),
  ],
);

/** The images that a channel shows of a product, where they are not all of them in their order. */
export const channelMedia = schema.table(
  'channel_media',
  {
    productId: uuid('product_id').notNull(),
    channelCode: plainText('channel_code').notNull(),
    mediaId: uuid('media_id').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [
    primaryKey({ name: 'channel_media_pkey', columns: [table.productId, table.channelCode, table.mediaId] }),
    foreignKey({
      name: 'channel_media_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'channel_media_media_fkey',
      columns: [table.mediaId],
      foreignColumns: [media.mediaId],
    }).onDelete('cascade'),
    index('channel_media_media').on(table.mediaId),
  ],
);

/** What else a product leads to, in order. */
export const productRelations = schema.table(
  'product_relations',
  {
    productId: uuid('product_id').notNull(),
    kind: text('kind').notNull(),
    relatedProductId: uuid('related_product_id').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [
    primaryKey({ name: 'product_relations_pkey', columns: [table.productId, table.kind, table.relatedProductId] }),
    foreignKey({
      name: 'product_relations_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'product_relations_related_fkey',
      columns: [table.relatedProductId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    check('product_relations_kind_known', sql`${table.kind} in ('ACCESSORY', 'CROSS_SELL', 'SUCCESSOR')`),
    check('product_relations_not_itself', sql`${table.productId} <> ${table.relatedProductId}`),
    index('product_relations_related').on(table.relatedProductId),
  ],
);
