import { sql } from 'drizzle-orm';
import type { Database, Tx } from '../database.ts';
import { newId } from '../ids.ts';
import type { DomainEvent, NewEvent } from './event.ts';

const INSERT_CHUNK = 1_000;

/**
 * Writes events into the outbox of the command's own transaction.
 * Commands that emit for one key must hold a lock on that key's row first: numbers are given in the order of the writes, and only a
 * lock makes that the order of the commits.
 */
export async function appendEvents(tx: Tx, schema: string, events: readonly NewEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += INSERT_CHUNK) {
    const rows = events
      .slice(from, from + INSERT_CHUNK)
      .map((event) => ({ event_id: newId(), topic: event.topic, key: event.key, payload: event.payload }));
    await tx.execute(sql`
      insert into ${sql.identifier(schema)}.outbox (event_id, topic, key, payload, occurred_at)
      select e.event_id, e.topic, e.key, e.payload, ${sql.identifier(schema)}.app_now()
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(event_id uuid, topic text, key text, payload jsonb)`);
  }
}

/**
 * Runs `apply` with those of the events that the consumer has not seen, in one transaction with the note that it has.
 * Events are noted by id, so that a repeated delivery has no repeated effect.
 */
export async function consumeOnce(
  db: Database,
  schema: string,
  consumer: string,
  events: readonly DomainEvent[],
  apply: (tx: Tx, fresh: readonly DomainEvent[]) => Promise<void>,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const ids = JSON.stringify(events.map((event) => event.eventId));
    const rows = await tx.execute<{ event_id: string }>(sql`
      insert into ${sql.identifier(schema)}.inbox (consumer, event_id, received_at)
      select ${consumer}, id::uuid, ${sql.identifier(schema)}.app_now() from jsonb_array_elements_text(${ids}::jsonb) as id order by id
      on conflict on constraint inbox_pkey do nothing returning event_id`);
    const fresh = new Set(rows.map((row) => row.event_id));
    if (fresh.size > 0)
      await apply(
        tx,
        events.filter((event) => fresh.delete(event.eventId)),
      );
  });
}
