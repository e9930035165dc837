import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, primaryKey, text, timestamp, uuid, type PgSchema } from 'drizzle-orm/pg-core';

/**
 * The two tables that every subgraph needs to take part in events: the outbox that its commands write in their own transaction,
 * and the inbox by which its consumers know what they have seen.
 */
export function eventTables(schema: PgSchema) {
  const outbox = schema.table(
    'outbox',
    {
      seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
      eventId: uuid('event_id').notNull(),
      topic: text('topic').notNull(),
      key: text('key').notNull(),
      payload: jsonb('payload').notNull(),
      occurredAt: timestamp('occurred_at', { withTimezone: true }).notNull(),
      publishedAt: timestamp('published_at', { withTimezone: true }),
    },
    (table) => [
      index('outbox_unpublished')
        .on(table.seq)
        .where(sql`published_at is null`),
      index('outbox_published')
        .on(table.publishedAt)
        .where(sql`published_at is not null`),
    ],
  );
  const inbox = schema.table(
    'inbox',
    {
      consumer: text('consumer').notNull(),
      eventId: uuid('event_id').notNull(),
      receivedAt: timestamp('received_at', { withTimezone: true }).notNull(),
    },
    (table) => [
      primaryKey({ name: 'inbox_pkey', columns: [table.consumer, table.eventId] }),
      index('inbox_received').on(table.receivedAt),
    ],
  );
  return { outbox, inbox };
}
