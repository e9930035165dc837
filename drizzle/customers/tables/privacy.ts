import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

/** Requests for one's data, or to be forgotten, and how far each is. They name people by id alone. */
export const privacyRequests = schema.table(
  'privacy_requests',
  {
    requestId: uuid('request_id').notNull(),
    kind: text('kind').notNull(),
    customerId: uuid('customer_id').notNull(),
    /** The id of who asked. */
    requestedBy: text('requested_by').notNull(),
    /** SHA-256 of the idempotency key, which may hold anything. */
    keyHash: text('key_hash').notNull(),
    requestHash: text('request_hash').notNull(),
    state: text('state').notNull(),
    /** What is done next. */
    step: text('step').notNull(),
    /** How far the step is. */
    position: jsonb('position'),
    partCount: integer('part_count').notNull().default(0),
    /** What it waits for. */
    missing: text('missing').array().notNull().default([]),
    tries: integer('tries').notNull().default(0),
    /** The process that works on it, and until when nobody else does. */
    leaseOwner: uuid('lease_owner'),
    leasedUntil: instant('leased_until'),
    dueAt: instant('due_at').notNull(),
    requestedAt: instant('requested_at').notNull(),
    completedAt: instant('completed_at'),
    expiresAt: instant('expires_at'),
  },
  (table) => [
    primaryKey({ name: 'privacy_requests_pkey', columns: [table.requestId] }),
    unique('privacy_requests_once').on(table.requestedBy, table.keyHash),
    foreignKey({
      name: 'privacy_requests_customer',
      columns: [table.customerId],
      foreignColumns: [customers.customerId],
    }),
    uniqueIndex('privacy_requests_open')
      .on(table.customerId, table.kind)
      .where(sql`state in ('RUNNING', 'WAITING')`),
    index('privacy_requests_due')
      .on(table.dueAt)
      .where(sql`state in ('RUNNING', 'WAITING')`),
    index('privacy_requests_by_customer').on(table.customerId, table.requestedAt),
    index('privacy_requests_by_end')
      .on(table.expiresAt)
      .where(sql`state = 'COMPLETED' and expires_at is not null`),
    check('privacy_requests_kind', sql`kind in ('EXPORT', 'ERASE')`),
    check('privacy_requests_state', sql`state in ('RUNNING', 'WAITING', 'COMPLETED', 'EXPIRED')`),
    check('privacy_requests_completed', sql`state <> 'COMPLETED' or completed_at is not null`),
  ],
);

/** What was collected about a person, until it is deleted. */
export const privacyParts = schema.table(
  'privacy_parts',
  {
    requestId: uuid('request_id').notNull(),
    position: integer('position').notNull(),
    subgraph: text('subgraph').notNull(),
    kind: text('kind').notNull(),
    data: jsonb('data').notNull(),
  },
  (table) => [
    primaryKey({ name: 'privacy_parts_pkey', columns: [table.requestId, table.position] }),
    foreignKey({
      name: 'privacy_parts_request',
      columns: [table.requestId],
      foreignColumns: [privacyRequests.requestId],
    }),
  ],
);
