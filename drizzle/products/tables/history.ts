import { foreignKey, index, integer, jsonb, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { products } from './catalogue.ts';
import { instant, schema } from './schema.ts';

/** What a product was at a version: everything that belongs to it, as JSON of its rows, and who made it so. */
export const productRevisions = schema.table(
  'product_revisions',
  {
    productId: uuid('product_id').notNull(),
    version: integer('version').notNull(),
    content: jsonb('content').notNull(),
    /** What was done, such as `productUpdate`. */
    action: text('action').notNull(),
    role: text('role').notNull(),
    subject: text('subject').notNull(),
    staffId: text('staff_id'),
    channelCode: text('channel_code'),
    changedAt: instant('changed_at'),
  },
  (table) => [
    primaryKey({ name: 'product_revisions_pkey', columns: [table.productId, table.version] }),
    foreignKey({
      name: 'product_revisions_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
  ],
);

/** A change of a product that is prepared and not made yet; one a product. It is JSON null when it was made or thrown away: versions go on. */
export const productDrafts = schema.table(
  'product_drafts',
  {
    productId: uuid('product_id').notNull(),
    /** The input of `productUpdate` that it will be. */
    change: jsonb('change').notNull(),
    /** The version of the product that it was prepared on. */
    baseVersion: integer('base_version').notNull(),
    /** When it is to be made by itself; null for never. */
    publishAt: timestamp('publish_at', { withTimezone: true }),
    /** Why it could not be made when it was due; null before. */
    problem: text('problem'),
    version: integer('version').notNull(),
    role: text('role').notNull(),
    subject: text('subject').notNull(),
    staffId: text('staff_id'),
    channelCode: text('channel_code'),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'product_drafts_pkey', columns: [table.productId] }),
    foreignKey({
      name: 'product_drafts_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    index('product_drafts_due')
      .on(table.publishAt)
      .where(sql`problem is null and publish_at is not null`),
  ],
);
