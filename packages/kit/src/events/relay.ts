import type { Sql } from 'postgres';
import { LOCK_CLASS, type Database } from '../database.ts';
import type { Logger } from '../logger.ts';
import type { DomainEvent, EventBus } from './event.ts';

const BATCH = 500;
const POLL_MS = 100;
const ELECTION_MS = 1_000;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
const PURGE_MS = 60_000;
/** What was published is kept so long for operators; what was received, so long for dropping repeats. */
const KEEP = '7 days';

interface OutboxRow {
  seq: string;
  event_id: string;
  topic: string;
  key: string;
  payload: unknown;
  occurred_at: string | Date;
  pid: number;
}

/** Publishes the outbox of one schema. Of all processes one is elected by an advisory lock; the others stand by. */
export interface Relay {
  start(): void;
  /** Say that something was committed: the relay looks at once instead of at its next poll. */
  hint(): void;
  /** Publishes what is there, unless another process leads, and stops. */
  stop(): Promise<void>;
}

/**
 * Rows are picked by `published_at is null`, never by a number above the last one: numbers become visible out of order.
 * A row is marked after the bus has it, so that a crash in between repeats it.
 */
export function createRelay(options: {
  readonly db: Database;
  readonly schema: string;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly onPublished?: (count: number) => void;
}): Relay {
  const { db, schema, bus, logger } = options;
  let stopping = false;
  let wake: () => void = () => undefined;
  let running: Promise<void> | undefined;
  let hinted = false;
  let backoffMs = FIRST_BACKOFF_MS;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (hinted || stopping) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => {
      hinted = false;
    });

  const publishBatch = async (sql: Sql, leader: number): Promise<number> => {
    const rows = await sql<OutboxRow[]>`
      select pg_backend_pid() as pid, seq, event_id, topic, key, payload, occurred_at from ${sql(schema)}.outbox where published_at is null order by seq limit ${BATCH}`;
    if (rows.length === 0) return 0;
    // The driver connects again by itself, but the lock went with the old session: somebody else may lead by now.
    if (rows[0]!.pid !== leader) throw new Error('the connection that held the lock was lost');
    const events: DomainEvent[] = rows.map((row) => ({
      eventId: row.event_id,
      topic: row.topic,
      key: row.key,
      payload: row.payload,
      occurredAt: new Date(row.occurred_at).toISOString(),
    }));
    await bus.publish(events);
    await sql`update ${sql(schema)}.outbox set published_at = ${sql(schema)}.app_now() where seq = any(${rows.map((row) => row.seq)}::bigint[])`;
    backoffMs = FIRST_BACKOFF_MS;
    options.onPublished?.(rows.length);
    return rows.length;
  };

  const purge = async (sql: Sql) => {
    await sql`delete from ${sql(schema)}.outbox where seq in (select seq from ${sql(schema)}.outbox where published_at < ${sql(schema)}.app_now() - ${KEEP}::interval limit 5000)`;
    await sql`delete from ${sql(schema)}.inbox where received_at < ${sql(schema)}.app_now() - ${KEEP}::interval`;
  };

  const lead = async (sql: Sql, leader: number) => {
    let purgedAt = Date.now();
    while (!stopping) {
      const count = await publishBatch(sql, leader);
      if (count < BATCH) await pause(POLL_MS);
      if (Date.now() - purgedAt > PURGE_MS) {
        purgedAt = Date.now();
        await purge(sql);
      }
    }
    while ((await publishBatch(sql, leader)) === BATCH);
  };

  const run = async () => {
    let sql: Sql | undefined;
    while (!stopping) {
      let wait = ELECTION_MS;
      try {
        sql ??= db.single();
        const [row] = await sql<
          { elected: boolean; pid: number }[]
        >`select pg_try_advisory_lock(${LOCK_CLASS.relay}, hashtext(${schema})) as elected, pg_backend_pid() as pid`;
        if (row?.elected) await lead(sql, row.pid);
      } catch (error) {
        if (!stopping) logger.warn({ err: error, schema }, 'events wait in the outbox');
        // Ending the session gives the lock back.
        await sql?.end({ timeout: 0 });
        sql = undefined;
        wait = backoffMs;
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      }
      hinted = false;
      if (!stopping) await pause(wait);
    }
    await sql?.end({ timeout: 1 });
  };

  const hint = () => {
    hinted = true;
    wake();
  };
  return {
    hint,
    start() {
      db.onCommit(hint);
      running ??= run();
    },
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}
