import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  foreignKey,
  index,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { channels, products } from './catalogue.ts';
import { plainText, schema } from './schema.ts';

/** How far what search keeps of another service is read, by channel. */
export const searchSources = schema.table(
  'search_sources',
  {
    source: plainText('source').notNull(),
    channelCode: plainText('channel_code').notNull(),
    /** Where to read on at the source. While everything is read anew: where to go on after that; null before it was asked. */
    cursor: text('cursor'),
    /** The number of the last change of our own products that was looked at. */
    productChange: bigint('product_change', { mode: 'number' }).notNull(),
    /** While everything is read anew: the last product that was; null when it is not. */
    rebuiltThrough: uuid('rebuilt_through'),
    /** Counts what was written: whoever decided on what was there a step before writes nothing. */
    step: bigint('step', { mode: 'number' }).notNull(),
    /** When the source was last read to its end; null before that. */
    asOf: timestamp('as_of', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ name: 'search_sources_pkey', columns: [table.source, table.channelCode] }),
    foreignKey({
      name: 'search_sources_channel_fkey',
      columns: [table.channelCode],
      foreignColumns: [channels.code],
    }).onDelete('cascade'),
    check('search_sources_source_known', sql`${table.source} in ('prices', 'stock')`),
  ],
);

/**
 * How much a product is wanted: log2 of the sum over its orders of 2 to the power of their age in half-lives of 30 days, counted from
 * 2020. So an order counts half as much as one a half-life later, and no score changes by time alone.
 */
export const productDemand = schema.table(
  'product_demand',
  { productId: uuid('product_id').notNull(), score: doublePrecision('score').notNull() },
  (table) => [
    primaryKey({ name: 'product_demand_pkey', columns: [table.productId] }),
    foreignKey({
      name: 'product_demand_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
  ],
);

/** How often two products were in one order, in both directions, with scores as in `product_demand`. Whoever changes pairs of a product has its demand locked. */
export const boughtTogether = schema.table(
  'bought_together',
  {
    productId: uuid('product_id').notNull(),
    otherProductId: uuid('other_product_id').notNull(),
    score: doublePrecision('score').notNull(),
  },
  (table) => [
    primaryKey({ name: 'bought_together_pkey', columns: [table.productId, table.otherProductId] }),
    foreignKey({
      name: 'bought_together_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'bought_together_other_fkey',
      columns: [table.otherProductId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    check('bought_together_not_itself', sql`${table.productId} <> ${table.otherProductId}`),
    index('bought_together_other').on(table.otherProductId),
  ],
);
