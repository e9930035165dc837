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
import { bytea, instant, instantRange, plainText, schema } from './schema.ts';

/** Promotions. `definition` is one document, `{effect, conditions, combinesWith}`, whose rules the service keeps; what is counted has columns. */
export const promotions = schema.table(
  'promotions',
  {
    promotionId: uuid('promotion_id').notNull(),
    code: plainText('code').notNull(),
    name: text('name').notNull(),
    kind: plainText('kind').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').notNull(),
    /** Higher ones are tried first. */
    priority: integer('priority').notNull(),
    /** From when to when it is published; null: a draft. */
    activity: instantRange('activity'),
    validity: instantRange('validity'),
    needsCode: boolean('needs_code').notNull(),
    maxUses: integer('max_uses'),
    maxUsesPerCustomer: integer('max_uses_per_customer'),
    budgetMinor: bigint('budget_minor', { mode: 'number' }),
    budgetCurrency: plainText('budget_currency'),
    usesHeld: integer('uses_held').notNull().default(0),
    usesConfirmed: integer('uses_confirmed').notNull().default(0),
    budgetHeld: bigint('budget_held', { mode: 'number' }).notNull().default(0),
    budgetSpent: bigint('budget_spent', { mode: 'number' }).notNull().default(0),
    since: instant('since').notNull(),
  },
  (table) => [
    primaryKey({ name: 'promotions_pkey', columns: [table.promotionId] }),
    unique('promotions_code').on(table.code),
    check(
      'promotions_kind',
      sql`kind in ('PERCENT', 'AMOUNT', 'BUY_GET', 'BUNDLE', 'GIFT', 'CART_PERCENT', 'CART_AMOUNT', 'FREE_SHIPPING')`,
    ),
    check('promotions_windows', sql`not isempty(activity) and not isempty(validity)`),
    check('promotions_limits', sql`max_uses > 0 and max_uses_per_customer > 0 and budget_minor > 0`),
    check('promotions_budget', sql`(budget_minor is null) = (budget_currency is null)`),
    check('promotions_counted', sql`uses_held >= 0 and uses_confirmed >= 0 and budget_held >= 0 and budget_spent >= 0`),
    index('promotions_active')
      .on(table.promotionId)
      .where(sql`activity is not null`),
  ],
);

/** Codes of promotions, in upper case, as they are compared. */
export const promotionCodes = schema.table(
  'promotion_codes',
  {
    code: plainText('code').notNull(),
    promotionId: uuid('promotion_id').notNull(),
    /** Those that were generated together. */
    batchId: uuid('batch_id'),
    maxUses: integer('max_uses'),
    maxUsesPerCustomer: integer('max_uses_per_customer'),
    usesHeld: integer('uses_held').notNull().default(0),
    usesConfirmed: integer('uses_confirmed').notNull().default(0),
    isDisabled: boolean('is_disabled').notNull().default(false),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'promotion_codes_pkey', columns: [table.code] }),
    foreignKey({
      name: 'promotion_codes_promotion',
      columns: [table.promotionId],
      foreignColumns: [promotions.promotionId],
    }),
    check('promotion_codes_shape', sql`code ~ '^[A-Z0-9][A-Z0-9_-]{2,63}$'`),
    check('promotion_codes_limits', sql`max_uses > 0 and max_uses_per_customer > 0`),
    check('promotion_codes_counted', sql`uses_held >= 0 and uses_confirmed >= 0`),
    index('promotion_codes_of_promotion').on(table.promotionId, table.code),
  ],
);

/** How often a customer used a promotion, or a code of it (an empty one for the promotion itself): held and confirmed together. */
export const promotionUses = schema.table(
  'promotion_uses',
  {
    promotionId: uuid('promotion_id').notNull(),
    code: plainText('code').notNull(),
    customerKey: plainText('customer_key').notNull(),
    useCount: integer('use_count').notNull(),
  },
  (table) => [
    primaryKey({ name: 'promotion_uses_pkey', columns: [table.promotionId, table.code, table.customerKey] }),
    check('promotion_uses_counted', sql`use_count >= 0`),
  ],
);

/** What an order takes of promotions, under its key: one row a key, and what it takes in a document, in the order in which it was locked. */
export const promotionHolds = schema.table(
  'promotion_holds',
  {
    holdKey: plainText('hold_key').notNull(),
    status: plainText('status').notNull(),
    requestHash: bytea('request_hash').notNull(),
    customerKey: plainText('customer_key'),
    takes: jsonb('takes').notNull(),
    heldAt: instant('held_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    primaryKey({ name: 'promotion_holds_pkey', columns: [table.holdKey] }),
    check('promotion_holds_status', sql`status in ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED')`),
    index('promotion_holds_due')
      .on(table.expiresAt)
      .where(sql`status = 'HELD'`),
  ],
);
