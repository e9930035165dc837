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
import { instant, instantRange, plainText, schema } from './schema.ts';

/** Whom prices are for: a row for each scope, subject, channel and currency that a list was ever made for. Rows are never removed. */
export const priceScopes = schema.table(
  'price_scopes',
  {
    scopeId: bigint('scope_id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    scope: plainText('scope').notNull(),
    /** The customer, group, company or location; of an assigned list and of a source its own code; null where everybody is meant. */
    subject: plainText('subject'),
    channelCode: plainText('channel_code'),
    currency: plainText('currency').notNull(),
  },
  (table) => [
    primaryKey({ name: 'price_scopes_pkey', columns: [table.scopeId] }),
    unique('price_scopes_key').on(table.scope, table.subject, table.channelCode, table.currency).nullsNotDistinct(),
    check(
      'price_scopes_known',
      sql`scope in ('BASE', 'CHANNEL', 'GROUP', 'COMPANY', 'LOCATION', 'ASSIGNED', 'CUSTOMER', 'SOURCE')`,
    ),
    check('price_scopes_subject', sql`(scope in ('BASE', 'CHANNEL')) = (subject is null)`),
    check('price_scopes_channel', sql`scope <> 'CHANNEL' or channel_code is not null`),
    check('price_scopes_everywhere', sql`scope not in ('BASE', 'SOURCE') or channel_code is null`),
  ],
);

/** A set of prices in one currency, for whom its scope says. Whoever writes its prices locks its row first. */
export const priceLists = schema.table(
  'price_lists',
  {
    priceListId: uuid('price_list_id').notNull(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    scopeId: bigint('scope_id', { mode: 'number' }).notNull(),
    /** The same as the scope's. */
    currency: text('currency').notNull(),
    taxIncluded: boolean('tax_included').notNull(),
    /** Counts the changes of the list itself. */
    version: integer('version').notNull(),
    /** Counts those of its prices, too, and of what it derives from. */
    revision: bigint('revision', { mode: 'number' }).notNull(),
    /** From when to when it is published; null: a draft. */
    activity: instantRange('activity'),
    /** The dates of its prices; null: without. Of two lists for the same whom, where and currency the dated one wins. */
    validity: instantRange('validity'),
    parentId: uuid('parent_id'),
    /** How prices are made from the parent's: `{adjustment, rounding}`. */
    derivation: jsonb('derivation'),
    /** Itself first, then what it derives from. */
    chain: uuid('chain').array().notNull(),
    /** When the list itself changed last; changes of its prices leave it. */
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'price_lists_pkey', columns: [table.priceListId] }),
    unique('price_lists_code').on(table.code),
    foreignKey({ name: 'price_lists_scope', columns: [table.scopeId], foreignColumns: [priceScopes.scopeId] }),
    foreignKey({ name: 'price_lists_parent', columns: [table.parentId], foreignColumns: [table.priceListId] }),
    check('price_lists_derived', sql`(parent_id is null) = (derivation is null)`),
    check(
      'price_lists_chain',
      sql`cardinality(chain) between 1 and 6 and chain[1] = price_list_id and not price_list_id = any (chain[2:])`,
    ),
    check('price_lists_revision_positive', sql`revision >= 1`),
    check('price_lists_version_positive', sql`version >= 1`),
    check('price_lists_windows', sql`not isempty(activity) and not isempty(validity)`),
    // Belongs to an exclusion constraint, which only SQL can say: no two lists are in force for the same at one moment.
    index('price_lists_no_overlap').using(
      'gist',
      sql`int8range(scope_id * 2 + (validity is not null)::int, scope_id * 2 + (validity is not null)::int, '[]')`,
      table.activity,
      sql`coalesce(validity, tstzrange(null, null))`,
    ),
    index('price_lists_in_scope').on(table.scopeId),
    index('price_lists_chains')
      .using('gin', table.chain)
      .where(sql`parent_id is not null`),
  ],
);

/** Prices from a quantity on. Millionths of a minor unit make the price of one screw of a hundred exact. */
export const prices = schema.table(
  'prices',
  {
    priceListId: uuid('price_list_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    minQuantity: integer('min_quantity').notNull(),
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    amountMicros: integer('amount_micros').notNull(),
    compareAtMinor: bigint('compare_at_minor', { mode: 'number' }),
    since: instant('since').notNull(),
  },
  (table) => [
    primaryKey({ name: 'prices_pkey', columns: [table.priceListId, table.variantId, table.minQuantity] }),
    foreignKey({
      name: 'prices_price_list',
      columns: [table.priceListId],
      foreignColumns: [priceLists.priceListId],
    }),
    // The upper bound keeps amount × quantity with tax within what a client can hold exactly (2^53).
    check('prices_amount_minor', sql`amount_minor between 0 and 100000000000`),
    check('prices_compare_at_minor', sql`compare_at_minor between 0 and 100000000000`),
    check('prices_min_quantity', sql`min_quantity between 1 and 10000`),
    check('prices_amount_micros', sql`amount_micros between 0 and 999999`),
    index('prices_of_variant').on(table.variantId, table.priceListId),
  ],
);

/** What marketplaces take of a sale, for lists that are made by a margin. `brackets` is what `domain/lists/price-list.ts` reads. */
export const feeSchedules = schema.table(
  'fee_schedules',
  {
    code: plainText('code').notNull(),
    name: text('name').notNull(),
    currency: plainText('currency').notNull(),
    brackets: jsonb('brackets').notNull(),
    version: integer('version').notNull(),
    since: instant('since').notNull(),
  },
  (table) => [primaryKey({ name: 'fee_schedules_pkey', columns: [table.code] })],
);
