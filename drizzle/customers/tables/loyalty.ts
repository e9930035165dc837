import { sql } from 'drizzle-orm';
import { bigint, boolean, check, foreignKey, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { accounts, ledgerTransactions } from './accounts.ts';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

const points = (name: string) => bigint(name, { mode: 'number' }).notNull();

/** The programme as its staff set it: every version, the last one counts. Read as a whole, so that it is kept as a whole. */
export const loyaltyRules = schema.table(
  'loyalty_rules',
  {
    version: integer('version').notNull(),
    rules: jsonb('rules').notNull(),
    setBy: text('set_by').notNull(),
    setAt: instant('set_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'loyalty_rules_pkey', columns: [table.version] }),
    check('loyalty_rules_version', sql`version >= 1`),
  ],
);

/** What an account of points has beside its balance. */
export const loyaltyStandings = schema.table(
  'loyalty_standings',
  {
    accountId: uuid('account_id').notNull(),
    /** Points that were to be taken back and were not there any more: what is earned next pays them. */
    debt: points('debt').default(0),
    tier: text('tier'),
    /** What was earned in the last twelve months, without the tier's multiplier, when the tier was last worked out. */
    qualifying: points('qualifying').default(0),
    /** The rules that the tier was worked out by. */
    rulesVersion: integer('rules_version').notNull().default(0),
    /** When the oldest of the qualifying points stops counting. */
    reviewAt: instant('review_at')
      .notNull()
      .default(sql`'infinity'`),
  },
  (table) => [
    primaryKey({ name: 'loyalty_standings_pkey', columns: [table.accountId] }),
    foreignKey({ name: 'loyalty_standings_account', columns: [table.accountId], foreignColumns: [accounts.accountId] }),
    check('loyalty_standings_not_negative', sql`debt >= 0 and qualifying >= 0`),
    index('loyalty_standings_review').on(table.reviewAt),
    index('loyalty_standings_rules').on(table.rulesVersion),
  ],
);

/** Points that came together and expire together. Those that expire first are spent first. */
export const loyaltyLots = schema.table(
  'loyalty_lots',
  {
    lotId: uuid('lot_id').notNull(),
    accountId: uuid('account_id').notNull(),
    transactionId: uuid('transaction_id').notNull(),
    points: points('points'),
    /** What is not spent of them; of all lots of an account together it is the account's balance. */
    remaining: points('remaining'),
    /** `infinity` where points do not expire. */
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'loyalty_lots_pkey', columns: [table.lotId] }),
    foreignKey({ name: 'loyalty_lots_account', columns: [table.accountId], foreignColumns: [accounts.accountId] }),
    foreignKey({
      name: 'loyalty_lots_transaction',
      columns: [table.transactionId],
      foreignColumns: [ledgerTransactions.transactionId],
    }),
    index('loyalty_lots_open')
      .on(table.accountId, table.expiresAt, table.lotId)
      .where(sql`remaining > 0`),
    index('loyalty_lots_due')
      .on(table.expiresAt)
      .where(sql`remaining > 0`),
    check('loyalty_lots_remaining', sql`points >= 1 and remaining between 0 and points`),
  ],
);

/** Which lots a transaction took points from, so that they can be given back as they were. */
export const loyaltyLotUses = schema.table(
  'loyalty_lot_uses',
  {
    transactionId: uuid('transaction_id').notNull(),
    lotId: uuid('lot_id').notNull(),
    points: points('points'),
    returned: points('returned').default(0),
  },
  (table) => [
    primaryKey({ name: 'loyalty_lot_uses_pkey', columns: [table.transactionId, table.lotId] }),
    foreignKey({
      name: 'loyalty_lot_uses_transaction',
      columns: [table.transactionId],
      foreignColumns: [ledgerTransactions.transactionId],
    }),
    foreignKey({ name: 'loyalty_lot_uses_lot', columns: [table.lotId], foreignColumns: [loyaltyLots.lotId] }),
    check('loyalty_lot_uses_returned', sql`points >= 1 and returned between 0 and points`),
  ],
);

/**
 * What is known of orders: whose they are, what they earn and what of them was refunded; also of orders that are nobody's yet. The customer
 * stays who it was when the order earned: after a merge `merged_into` leads to whoever has its points.
 */
export const loyaltyOrders = schema.table(
  'loyalty_orders',
  {
    orderId: uuid('order_id').notNull(),
    customerId: uuid('customer_id'),
    currency: text('currency'),
    totalMinor: bigint('total_minor', { mode: 'number' }),
    points: points('points').default(0),
    /** The points without the tier's multiplier. */
    qualifying: points('qualifying').default(0),
    expiryMonths: integer('expiry_months'),
    refundedMinor: points('refunded_minor').default(0),
    isCancelled: boolean('is_cancelled').notNull().default(false),
    reversed: points('reversed').default(0),
    qualifyingReversed: points('qualifying_reversed').default(0),
    /** When the points are credited. */
    dueAt: instant('due_at'),
    creditedAt: instant('credited_at'),
  },
  (table) => [
    primaryKey({ name: 'loyalty_orders_pkey', columns: [table.orderId] }),
    foreignKey({
      name: 'loyalty_orders_customer',
      columns: [table.customerId],
      foreignColumns: [customers.customerId],
    }),
    check('loyalty_orders_of_somebody', sql`num_nulls(customer_id, currency, total_minor, due_at) in (0, 4)`),
    check(
      'loyalty_orders_reversed',
      sql`reversed between 0 and points and qualifying_reversed between 0 and qualifying and refunded_minor >= 0`,
    ),
    index('loyalty_orders_due')
      .on(table.dueAt)
      .where(sql`credited_at is null and due_at is not null`),
    index('loyalty_orders_of_customer').on(table.customerId, table.creditedAt),
  ],
);

/** Refunds that were taken into account. */
export const loyaltyRefunds = schema.table(
  'loyalty_refunds',
  {
    refundId: text('refund_id').notNull(),
    orderId: uuid('order_id').notNull(),
  },
  (table) => [primaryKey({ name: 'loyalty_refunds_pkey', columns: [table.refundId] })],
);

/** What the points of a hold pay, as it was agreed when they were held. */
export const loyaltyRedemptions = schema.table(
  'loyalty_redemptions',
  {
    holdKey: text('hold_key').notNull(),
    points: points('points'),
    currency: text('currency').notNull(),
    amountMinor: points('amount_minor'),
    returnedMinor: points('returned_minor').default(0),
  },
  (table) => [
    primaryKey({ name: 'loyalty_redemptions_pkey', columns: [table.holdKey] }),
    check(
      'loyalty_redemptions_returned',
      sql`points >= 1 and amount_minor >= 1 and returned_minor between 0 and amount_minor`,
    ),
  ],
);

/** Parts of what points had paid that were given back. */
export const loyaltyReturns = schema.table(
  'loyalty_returns',
  {
    reference: text('reference').notNull(),
    holdKey: text('hold_key').notNull(),
    amountMinor: points('amount_minor'),
    points: points('points'),
  },
  (table) => [primaryKey({ name: 'loyalty_returns_pkey', columns: [table.reference] })],
);
