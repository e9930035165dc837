import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { instant, schema } from './schema.ts';

/** One row: processes keep promotions, shipping options and the tree of categories until the number is another. */
export const engineState = schema.table(
  'engine_state',
  {
    single: boolean('single').notNull().default(true),
    revision: bigint('revision', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'engine_state_pkey', columns: [table.single] }),
    check('engine_state_single', sql`${table.single}`),
  ],
);

/** The last moment whose boundaries of windows were told; whoever tells of more locks the row. */
export const engineClock = schema.table(
  'engine_clock',
  {
    single: boolean('single').notNull().default(true),
    boundariesTold: instant('boundaries_told').notNull(),
  },
  (table) => [
    primaryKey({ name: 'engine_clock_pkey', columns: [table.single] }),
    check('engine_clock_single', sql`${table.single}`),
  ],
);

/** The one secret by which quotes are signed, the same for every process. */
export const quoteKeys = schema.table(
  'quote_keys',
  {
    quoteKeyId: smallint('quote_key_id').notNull(),
    secret: text('secret').notNull(),
    createdAt: instant('created_at').notNull(),
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
    changedAt: instant('changed_at').notNull(),
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
