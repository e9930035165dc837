import type { Database } from '@kontor/kit/src/database.ts';
import type { Connection } from './transaction.ts';

/** A use of an idempotency key. Keys belong to the caller who chose them. */
export interface CommandKey {
  readonly caller: string;
  readonly key: string;
  /** What tells one input from another. */
  readonly requestHash: string;
}

/** What an earlier command with the key was asked and answered. */
export interface EarlierCommand {
  readonly requestHash: string;
  readonly result: unknown;
}

/**
 * Claims a key for the command of this transaction; while another transaction has claimed it, waits for its end.
 * @returns the earlier command when the key was used; null when the key is ours, until the transaction rolls back.
 */
export async function claimKey(
  sql: Connection,
  { caller, key, requestHash }: CommandKey,
): Promise<EarlierCommand | null> {
  const claimed = await sql`
    insert into stock.command_keys (caller, key, request_hash, created_at) values (${caller}, ${key}, ${requestHash}, stock.app_now())
    on conflict on constraint command_keys_pkey do nothing returning 1`;
  if (claimed.length > 0) return null;
  const [earlier] = await sql<EarlierCommand[]>`
    select request_hash as "requestHash", result from stock.command_keys where caller = ${caller} and key = ${key}`;
  return earlier ?? null;
}

/** Keeps what the command answered, for those who repeat it. */
export async function keepResult(sql: Connection, { caller, key }: CommandKey, result: object): Promise<void> {
  await sql`update stock.command_keys set result = ${JSON.stringify(result)}::jsonb where caller = ${caller} and key = ${key}`;
}

const KEEP = '7 days';
const PURGE_BATCH = 5_000;

/** Forgets keys that are older than a week. */
export async function purgeKeys(db: Database): Promise<void> {
  await db.sql`
    delete from stock.command_keys where (caller, key) in (
      select caller, key from stock.command_keys where created_at < stock.app_now() - ${KEEP}::interval limit ${PURGE_BATCH})`;
}
