import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from './customers.ts';

/** A profile whose row this transaction holds. */
export interface LockedCustomer {
  readonly id: string;
  readonly revision: number;
}

/** A merge between the look and the lock sends us to the survivor, who may be merged in turn: each time somebody else's commit is behind it. */
const TRIES = 5;

/**
 * Locks the profiles that ids mean now, in id order, until the transaction ends: nobody merges, erases or changes them meanwhile.
 * Everything that belongs to a profile is written under this lock, and what is emitted for it, too.
 * @param ids as they were asked for, old ones of merged profiles included.
 * @returns the profile of each asked id; who is unknown or was erased is left out.
 */
export async function lockCustomers(tx: Tx, ids: readonly string[]): Promise<Map<string, LockedCustomer>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  for (let attempt = 1; ; attempt += 1) {
    const survivors = await tx.execute<{ asked: string; id: string }>(sql`
      select customer_id as asked, coalesce(merged_into, customer_id) as id from customers.customers where customer_id = any(${uuids(asked)})`);
    // In id order: two that lock the same people would wait for each other otherwise.
    const rows = await tx.execute<{ id: string; revision: number; merged: boolean; erased: boolean }>(sql`
      select customer_id as id, revision::int as revision, merged_into is not null as merged, erased_at is not null as erased
      from customers.customers where customer_id = any(${uuids([...new Set(survivors.map(({ id }) => id))])}) order by customer_id for update`);
    if (rows.some(({ merged }) => merged) && attempt < TRIES) continue;
    const locked = new Map(rows.filter(({ merged, erased }) => !merged && !erased).map((row) => [row.id, row]));
    const found = new Map<string, LockedCustomer>();
    for (const survivor of survivors) {
      const row = locked.get(survivor.id);
      if (row) found.set(survivor.asked, { id: row.id, revision: row.revision });
    }
    return found;
  }
}

/** Locks the profile that an id means now; null when there is none any more. */
export const lockCustomer = async (tx: Tx, id: string): Promise<LockedCustomer | null> =>
  (await lockCustomers(tx, [id])).get(id) ?? null;

/**
 * Notes that something that belongs to profiles has changed: they get their next revision, and their segments are decided anew.
 * The rows are locked by the caller. @returns the new revisions.
 */
export async function touchCustomers(tx: Tx, ids: readonly string[]): Promise<LockedCustomer[]> {
  if (ids.length === 0) return [];
  return await tx.execute<{ id: string; revision: number }>(sql`
    update customers.customers set revision = revision + 1, segments_version = 0, updated_at = customers.app_now()
    where customer_id = any(${uuids(ids)}) returning customer_id as id, revision::int as revision`);
}
