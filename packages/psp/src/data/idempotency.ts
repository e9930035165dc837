import { postgresError, type Database } from '@kontor/kit/src/database.ts';
import { keyInUse, keyReused } from '../faults.ts';
import type { Sql } from './payment-intents.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const PURGE_ROWS = 5_000;

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

export interface Keyed {
  /** The `Idempotency-Key` header; null when the request had none. */
  readonly key: string | null;
  readonly fingerprint: string;
}

/**
 * Runs a command once per key: the claim of the key, the command and its answer are one transaction. A repeat while the first still
 * runs waits for its end (10 seconds at most, by the pool's lock timeout). What `work` throws leaves the key unused.
 * @throws StripeFault 400 for a key with other parameters, 409 when the wait was too long.
 */
export async function answerOnce<T extends Answer>(
  db: Database,
  { key, fingerprint }: Keyed,
  work: (sql: Sql) => Promise<T>,
): Promise<{ readonly answer: T | Answer; readonly replayed: boolean }> {
  if (key === null) return { answer: await db.sql.begin(work), replayed: false };
  try {
    return await db.sql.begin(async (sql) => {
      const [claimed] = await sql`
        insert into psp.idempotency_keys as k (key, fingerprint, created_at) values (${key}, ${fingerprint}, psp.app_now())
        on conflict on constraint idempotency_keys_pkey
        do update set fingerprint = excluded.fingerprint, status = null, body = null, created_at = excluded.created_at
        where k.created_at < psp.app_now() - interval '24 hours'
        returning 1`;
      if (!claimed) return { answer: await storedAnswer(sql, key, fingerprint), replayed: true };
      const answer = await work(sql);
      await sql`update psp.idempotency_keys set status = ${answer.status}, body = ${answer.body} where key = ${key}`;
      return { answer, replayed: false };
    });
  } catch (error) {
    if (postgresError(error)?.code === LOCK_NOT_AVAILABLE) throw keyInUse(key);
    throw error;
  }
}

async function storedAnswer(sql: Sql, key: string, fingerprint: string): Promise<Answer> {
  const [row] = await sql<(Answer & { fingerprint: string })[]>`
    select fingerprint, status, body from psp.idempotency_keys where key = ${key}`;
  // Purged between the two statements: the next try is a first one.
  if (!row) throw keyInUse(key);
  if (row.fingerprint !== fingerprint) throw keyReused(key);
  return { status: row.status, body: row.body };
}

/** Notes that a request met its one seeded fault. @returns false when it had met it before. */
export async function meetFault(db: Database, { key, fingerprint }: Keyed): Promise<boolean> {
  const [met] = await db.sql`
    insert into psp.met_faults (request, created_at) values (${key ?? fingerprint}, psp.app_now())
    on conflict on constraint met_faults_pkey do nothing returning 1`;
  return met !== undefined;
}

/** Forgets keys and faults that are older than a day, a bounded number at a time. */
export async function purgeKeys(db: Database): Promise<void> {
  await db.sql`
    delete from psp.idempotency_keys where key in (
      select key from psp.idempotency_keys where created_at < psp.app_now() - interval '24 hours' limit ${PURGE_ROWS})`;
  await db.sql`
    delete from psp.met_faults where request in (
      select request from psp.met_faults where created_at < psp.app_now() - interval '24 hours' limit ${PURGE_ROWS})`;
}
