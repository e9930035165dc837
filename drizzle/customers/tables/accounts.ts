import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, schema } from './schema.ts';

/**
 * What somebody has, may use or owes, in one unit: points, credit or a budget. Balance and held are projections, kept by triggers: the sums
 * of the account's entries and of its open holds. Available is limit + balance − held; the balance of credit is what is owed, negated.
 */
export const accounts = schema.table(
  'accounts',
  {
    accountId: uuid('account_id').notNull(),
    kind: text('kind').notNull(),
    /** Whose it is: a customer, a company's location, a budget. */
    ownerId: uuid('owner_id').notNull(),
    /** A currency, or `POINTS`. */
    unit: text('unit').notNull(),
    limitAmount: bigint('limit_amount', { mode: 'number' }).notNull().default(0),
    balance: bigint('balance', { mode: 'number' }).notNull().default(0),
    held: bigint('held', { mode: 'number' }).notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'accounts_pkey', columns: [table.accountId] }),
    unique('accounts_owner').on(table.kind, table.ownerId, table.unit),
    check('accounts_kind', sql`kind in ('POINTS', 'CREDIT', 'BUDGET')`),
    check('accounts_unit', sql`length(unit) between 1 and 40`),
    check('accounts_limit', sql`limit_amount between 0 and 9007199254740991`),
    check('accounts_range', sql`balance between -9007199254740991 and 9007199254740991`),
    check('accounts_held', sql`held between 0 and 9007199254740991`),
    check('accounts_points', sql`kind <> 'POINTS' or (limit_amount = 0 and balance >= held)`),
  ],
);

/** The ledger: append-only. A transaction is posted once for each kind and reference. */
export const ledgerTransactions = schema.table(
  'ledger_transactions',
  {
    transactionId: uuid('transaction_id').notNull(),
    kind: text('kind').notNull(),
    reference: text('reference').notNull(),
    /** Of what was asked for: the same reference with another one is refused. */
    fingerprint: text('fingerprint').notNull(),
    /** Who posted it, where that is a person or a machine: an id. */
    actor: text('actor'),
    bookedAt: instant('booked_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'ledger_transactions_pkey', columns: [table.transactionId] }),
    unique('ledger_transactions_reference').on(table.kind, table.reference),
    check('ledger_transactions_kind', sql`kind ~ '^[A-Z][A-Z_]{0,39}$'`),
    check('ledger_transactions_reference_length', sql`length(reference) between 1 and 300`),
  ],
);

/** The two or more sides of a transaction, which are zero together in each unit. Counter accounts have a name and no row. */
export const ledgerEntries = schema.table(
  'ledger_entries',
  {
    transactionId: uuid('transaction_id').notNull(),
    position: integer('position').notNull(),
    accountId: uuid('account_id'),
    counter: text('counter'),
    unit: text('unit').notNull(),
    amount: bigint('amount', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'ledger_entries_pkey', columns: [table.transactionId, table.position] }),
    foreignKey({
      name: 'ledger_entries_transaction',
      columns: [table.transactionId],
      foreignColumns: [ledgerTransactions.transactionId],
    }),
    foreignKey({ name: 'ledger_entries_account', columns: [table.accountId], foreignColumns: [accounts.accountId] }),
    index('ledger_entries_by_account')
      .on(table.accountId, table.transactionId)
      .where(sql`account_id is not null`),
    check('ledger_entries_side', sql`num_nonnulls(account_id, counter) = 1`),
    check('ledger_entries_counter', sql`counter ~ '^[A-Z][A-Z_]{0,39}$'`),
    check('ledger_entries_amount', sql`amount <> 0 and amount between -9007199254740991 and 9007199254740991`),
  ],
);

/** What people wrote about a transaction. It may name somebody, so that it stands apart: it can be deleted, the ledger cannot. */
export const ledgerNotes = schema.table(
  'ledger_notes',
  {
    transactionId: uuid('transaction_id').notNull(),
    note: text('note').notNull(),
  },
  (table) => [
    primaryKey({ name: 'ledger_notes_pkey', columns: [table.transactionId] }),
    foreignKey({
      name: 'ledger_notes_transaction',
      columns: [table.transactionId],
      foreignColumns: [ledgerTransactions.transactionId],
    }),
    check('ledger_notes_length', sql`length(note) between 1 and 500`),
  ],
);

/** Amounts that are set aside under a key, usually an order's: confirmed, released or expired, exactly one of them. */
export const holds = schema.table(
  'holds',
  {
    holdKey: text('hold_key').notNull(),
    accountId: uuid('account_id').notNull(),
    kind: text('kind').notNull(),
    amount: bigint('amount', { mode: 'number' }).notNull(),
    /** How much of a confirmed hold was given back. */
    reversed: bigint('reversed', { mode: 'number' }).notNull().default(0),
    state: text('state').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    primaryKey({ name: 'holds_pkey', columns: [table.holdKey, table.accountId] }),
    foreignKey({ name: 'holds_account', columns: [table.accountId], foreignColumns: [accounts.accountId] }),
    uniqueIndex('holds_one_account')
      .on(table.holdKey, table.kind)
      .where(sql`kind <> 'BUDGET'`),
    index('holds_open')
      .on(table.expiresAt)
      .where(sql`state = 'HELD'`),
    index('holds_open_of_account')
      .on(table.accountId, table.expiresAt)
      .where(sql`state = 'HELD'`),
    index('holds_over')
      .on(table.endedAt)
      .where(sql`state in ('RELEASED', 'EXPIRED')`),
    index('holds_of_account').on(table.accountId),
    check('holds_kind', sql`kind in ('POINTS', 'CREDIT', 'BUDGET')`),
    check('holds_key_length', sql`length(hold_key) between 1 and 200`),
    check('holds_amount', sql`amount between 1 and 9007199254740991`),
    check('holds_reversed', sql`reversed between 0 and amount and (reversed = 0 or state = 'CONFIRMED')`),
    check('holds_state', sql`state in ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED')`),
    check('holds_ended', sql`(state = 'HELD') = (ended_at is null)`),
  ],
);
