import type { Database } from '@kontor/kit/src/database.ts';
import { booking, ensureVariants, lockedLevels } from './booking.ts';
import type { LevelRow } from './levels.ts';
import { retried } from './retry.ts';

/** A change of what is available at one level, asked for under an idempotency key. */
export interface ChangeRequest {
  /** Keys belong to the caller who chose them. */
  readonly caller: string;
  readonly key: string;
  /** What tells one input from another. */
  readonly requestHash: string;
  readonly variantId: string;
  readonly locationId: string;
  readonly kind: 'RECEIVED' | 'COUNTED';
  /** RECEIVED adds it, COUNTED sets what is available to it. */
  readonly quantity: number;
  /** What must be available for the change to be made; null when that does not matter. */
  readonly expectedQuantity: number | null;
  readonly cause: string;
}

/** What a change came to. */
export interface ChangeResult {
  /** The level behind the change; null when nothing was booked. */
  readonly level: LevelRow | null;
  /** What was available before. */
  readonly currentQuantity: number;
}

/**
 * Books one movement and keeps its result under the caller's key, in one conditional statement behind the variant's lock. Nothing is
 * booked when the key was used, or when what is available is not what was expected; then the key stays unused.
 * @throws the broken constraint: `levels_location_fkey` for an unknown location, `levels_available_bounded` for too many units.
 */
export async function bookChange(db: Database, request: ChangeRequest): Promise<ChangeResult> {
  const { sql } = db;
  const { caller, key, requestHash, variantId, locationId, kind, quantity, expectedQuantity, cause } = request;
  await ensureVariants(db, [variantId]);
  const [row] = await retried(
    () => sql<ChangeResult[]>`
    with ${lockedLevels(sql, sql`array[${variantId}]::uuid[]`)}, place as (
      select ${variantId}::uuid as variant_id, ${locationId}::uuid as location_id
    ), before as (
      select variant_id, location_id, coalesce(c.available, 0) as available, coalesce(c.reserved, 0) as reserved,
        coalesce(c.committed, 0) as committed, coalesce(c.safety, 0) as safety, coalesce(c.damaged, 0) as damaged,
        coalesce(c.inspection, 0) as inspection, coalesce(c.incoming, 0) as incoming,
        case when ${kind}::text = 'COUNTED' then ${quantity}::int - coalesce(c.available, 0) else ${quantity}::int end as difference
      from place left join current c using (variant_id, location_id)
    ), claimed as (
      insert into stock.command_keys (caller, key, request_hash, result, created_at)
      select ${caller}::text, ${key}::text, ${requestHash}::text, jsonb_build_object('variantId', variant_id, 'locationId', location_id,
        'available', available + difference, 'reserved', reserved, 'committed', committed, 'safety', safety, 'damaged', damaged,
        'inspection', inspection, 'incoming', incoming), stock.app_now()
      from before where ${expectedQuantity}::int is null or available = ${expectedQuantity}::int
      on conflict on constraint command_keys_pkey do nothing
      returning result
    ), movement as (
      select variant_id, location_id, ${kind}::text as kind, difference as quantity, difference as available, 0 as reserved, 0 as committed,
        ${cause}::text as cause
      from before where exists (select from claimed)
    ), ${booking(sql)}
    select (select result from claimed) as level, available as "currentQuantity" from before`,
  );
  if (!row) throw new Error('a level that is not there counts as one of zeros');
  db.committed();
  return row;
}

/** What an earlier command with a key was asked and answered; null when the key was not used. */
export async function findEarlierChange(
  db: Database,
  caller: string,
  key: string,
): Promise<{ readonly requestHash: string; readonly result: LevelRow } | null> {
  const [row] = await db.sql<{ requestHash: string; result: LevelRow }[]>`
    select request_hash as "requestHash", result from stock.command_keys where caller = ${caller} and key = ${key}`;
  return row ?? null;
}

const KEEP = '7 days';
const PURGE_BATCH = 5_000;

/** Forgets keys that are older than a week. */
export async function purgeKeys(db: Database): Promise<void> {
  await db.sql`
    delete from stock.command_keys where (caller, key) in (
      select caller, key from stock.command_keys where created_at < stock.app_now() - ${KEEP}::interval limit ${PURGE_BATCH})`;
}
