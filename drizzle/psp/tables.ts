import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';

export const schema = pgSchema('psp');

/** What a shop wants to be paid. */
export const paymentIntents = schema.table(
  'payment_intents',
  {
    paymentIntentId: text('payment_intent_id').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    amountReceivedMinor: integer('amount_received_minor').notNull(),
    /** ISO 4217 in lower case, as Stripe writes it. */
    currency: text('currency').notNull(),
    status: text('status').notNull(),
    captureMethod: text('capture_method').notNull(),
    /** A test token; never a card number. */
    paymentMethod: text('payment_method'),
    description: text('description'),
    metadata: jsonb('metadata').notNull(),
    clientSecret: text('client_secret').notNull(),
    returnUrl: text('return_url'),
    /** Stripe's `last_payment_error` without the objects that it repeats. */
    lastError: jsonb('last_error'),
    cancellationReason: text('cancellation_reason'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    canceledAt: timestamp('canceled_at', { withTimezone: true }),
    /** The last attempt to charge. */
    latestChargeId: text('latest_charge_id'),
  },
  (table) => [
    primaryKey({ name: 'payment_intents_pkey', columns: [table.paymentIntentId] }),
    check('payment_intents_amount', sql`amount_minor > 0`),
    check('payment_intents_received', sql`amount_received_minor between 0 and amount_minor`),
    check(
      'payment_intents_status',
      sql`status in ('requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture', 'succeeded', 'canceled')`,
    ),
    check('payment_intents_capture_method', sql`capture_method in ('automatic', 'manual')`),
  ],
);

/** Attempts to charge: authorized, captured, given back or declined. */
export const charges = schema.table(
  'charges',
  {
    chargeId: text('charge_id').notNull(),
    paymentIntentId: text('payment_intent_id').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    amountCapturedMinor: integer('amount_captured_minor').notNull(),
    amountRefundedMinor: integer('amount_refunded_minor').notNull(),
    paymentMethod: text('payment_method').notNull(),
    status: text('status').notNull(),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'charges_pkey', columns: [table.chargeId] }),
    foreignKey({
      name: 'charges_payment_intent',
      columns: [table.paymentIntentId],
      foreignColumns: [paymentIntents.paymentIntentId],
    }),
    check('charges_status', sql`status in ('succeeded', 'failed')`),
    check('charges_captured', sql`amount_captured_minor between 0 and amount_minor`),
    check('charges_refunded', sql`amount_refunded_minor between 0 and amount_minor`),
    index('charges_by_payment_intent').on(table.paymentIntentId),
  ],
);

/** The first answer to every `Idempotency-Key`, for a day. */
export const idempotencyKeys = schema.table(
  'idempotency_keys',
  {
    key: text('key').notNull(),
    /** SHA-256 of method, path and parameters, in hexadecimal. */
    fingerprint: text('fingerprint').notNull(),
    /** Null only inside of the transaction that makes the answer. */
    status: smallint('status'),
    body: text('body'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'idempotency_keys_pkey', columns: [table.key] }),
    index('idempotency_keys_age').on(table.createdAt),
  ],
);

/** Requests that have met their one seeded fault. */
export const metFaults = schema.table(
  'met_faults',
  {
    /** The idempotency key, or the fingerprint of a request without one. */
    request: text('request').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'met_faults_pkey', columns: [table.request] }),
    index('met_faults_age').on(table.createdAt),
  ],
);
