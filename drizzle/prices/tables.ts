import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { eventTables } from '../shared/event-tables.ts';

export const schema = pgSchema('prices');

/** A set of prices in one currency for everybody or for one channel. Whoever writes its prices locks its row first. */
export const priceLists = schema.table(
  'price_lists',
  {
    priceListId: uuid('price_list_id').notNull(),
    code: text('code').notNull(),
    scope: text('scope').notNull(),
    channelCode: text('channel_code'),
    currency: text('currency').notNull(),
    taxIncluded: boolean('tax_included').notNull(),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'price_lists_pkey', columns: [table.priceListId] }),
    unique('price_lists_code').on(table.code),
    // Two lists for the same scope and currency would leave the winner to chance.
    unique('price_lists_scope').on(table.scope, table.channelCode, table.currency).nullsNotDistinct(),
    check('price_lists_scope_known', sql`scope in ('BASE', 'CHANNEL')`),
    check('price_lists_channel_with_scope', sql`(scope = 'CHANNEL') = (channel_code is not null)`),
    check('price_lists_revision_positive', sql`revision >= 1`),
  ],
);

export const prices = schema.table(
  'prices',
  {
    priceListId: uuid('price_list_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    compareAtMinor: bigint('compare_at_minor', { mode: 'number' }),
  },
  (table) => [
    primaryKey({ name: 'prices_pkey', columns: [table.priceListId, table.variantId] }),
    foreignKey({
      name: 'prices_price_list',
      columns: [table.priceListId],
      foreignColumns: [priceLists.priceListId],
    }),
    // The upper bound keeps amount × quantity with tax within what a client can hold exactly (2^53).
    check('prices_amount_minor', sql`amount_minor between 0 and 100000000000`),
    check('prices_compare_at_minor', sql`compare_at_minor between 0 and 100000000000`),
  ],
);

/** The standard rate of a country; a country without a row has no tax. */
export const taxRates = schema.table(
  'tax_rates',
  {
    country: text('country').notNull(),
    basisPoints: integer('basis_points').notNull(),
  },
  (table) => [
    primaryKey({ name: 'tax_rates_pkey', columns: [table.country] }),
    check('tax_rates_country', sql`country ~ '^[A-Z]{2}$'`),
    check('tax_rates_basis_points', sql`basis_points between 0 and 10000`),
  ],
);

/** What prices keeps of the channels of products. The first currency and the first country are the defaults. */
export const channels = schema.table(
  'channels',
  {
    code: text('code').notNull(),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    currencies: text('currencies').array().notNull(),
    countries: text('countries').array().notNull(),
  },
  (table) => [primaryKey({ name: 'channels_pkey', columns: [table.code] })],
);

/** The one secret by which quotes are signed, the same for every process. */
export const quoteKeys = schema.table(
  'quote_keys',
  {
    quoteKeyId: smallint('quote_key_id').notNull(),
    secret: text('secret').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'quote_keys_pkey', columns: [table.quoteKeyId] }),
    check('quote_keys_single', sql`quote_key_id = 1`),
  ],
);

/**
 * What changed for buyers, in order: up to 1,000 variants a row, so that a large update costs few; no variants when any price may be another,
 * as after a change of taxes. Rows go after seven days.
 */
export const priceChanges = schema.table(
  'price_changes',
  {
    changeNumber: bigint('change_number', { mode: 'number' }).notNull(),
    variantIds: uuid('variant_ids').array(),
    changedAt: timestamp('changed_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'price_changes_pkey', columns: [table.changeNumber] }),
    check('price_changes_variants_bounded', sql`cardinality(${table.variantIds}) between 1 and 1000`),
    index('price_changes_of_all')
      .on(table.changeNumber)
      .where(sql`variant_ids is null`),
  ],
);

/**
 * The last number of that sequence, and the last that is gone: one row, whose lock is held from drawing numbers until the commit, so that
 * numbers are committed in their order and a reader who has seen one has seen all before it. A sequence would not give that.
 */
export const changeClock = schema.table(
  'change_clock',
  {
    single: boolean('single').notNull().default(true),
    lastNumber: bigint('last_number', { mode: 'number' }).notNull(),
    purgedNumber: bigint('purged_number', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'change_clock_pkey', columns: [table.single] }),
    check('change_clock_single', sql`${table.single}`),
    check('change_clock_order', sql`${table.purgedNumber} <= ${table.lastNumber}`),
  ],
);

export const { outbox, inbox } = eventTables(schema);
