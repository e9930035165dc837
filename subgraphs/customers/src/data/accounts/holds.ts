import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { AccountKind, AccountName } from '../../domain/accounts/account.ts';

/** An amount of an account to set aside. */
export interface NewHold extends AccountName {
  /** Usually the order's; 1 to 200 characters. Several kinds, and several budgets, may be held under one key. */
  readonly key: string;
  /** Whole units, 1 or more. */
  readonly amount: number;
  /** When it ends by itself unless it is confirmed or released, in seconds from now. */
  readonly ttlS: number;
}

/** What became of it; `available` is what can be held besides now. */
export interface PlacedHold {
  readonly status: 'HELD' | 'INSUFFICIENT' | 'KEY_REUSED';
  readonly available: number;
}

/**
 * Sets an amount aside, in one statement, which decides behind the lock of the account's row: holds of the account that are over end first.
 * Repeating it with the same amount answers the same; after the hold has expired it is tried anew. KEY_REUSED: another amount, points or
 * credit of another account, or a hold that was released. A transaction that locks several accounts takes them in order of their ids.
 */
export async function placeHold(db: Db | Tx, { key, kind, ownerId, unit, amount, ttlS }: NewHold): Promise<PlacedHold> {
  const [row] = await db.execute<{ status: PlacedHold['status']; available: string }>(sql`
    select status, available from customers.place_hold(${key}, ${kind}, ${ownerId}::uuid, ${unit}, ${amount}::bigint, ${ttlS}::integer)`);
  return { status: row!.status, available: Number(row!.available) };
}

/** How what a key holds ended. */
export interface EndedHolds {
  /** Whether it is in the wished state now: confirmed, or not held; also when nothing was ever held. */
  readonly done: boolean;
  readonly status: 'CONFIRMED' | 'RELEASED' | 'EXPIRED' | 'NONE';
}

/**
 * Confirms all that a key holds, of every kind, or nothing, in one statement: what is held leaves the accounts through the ledger. Not done
 * when a part was released or has expired. Repeating it answers the same.
 */
export const confirmHolds = (db: Db | Tx, key: string): Promise<EndedHolds> => endHolds(db, key, 'CONFIRMED');

/** Releases all that a key still holds, in one statement. Not done when something was confirmed: that can be reversed. */
export const releaseHolds = (db: Db | Tx, key: string): Promise<EndedHolds> => endHolds(db, key, 'RELEASED');

async function endHolds(db: Db | Tx, key: string, wish: 'CONFIRMED' | 'RELEASED'): Promise<EndedHolds> {
  const [row] = await db.execute<{ done: boolean; status: EndedHolds['status'] }>(
    sql`select done, status from customers.end_holds(${key}, ${wish})`,
  );
  return { done: row!.done, status: row!.status };
}

/** What a key held until it expired, in order of the accounts' ids. */
export async function findExpired(db: Db | Tx, key: string): Promise<(AccountName & { readonly amount: number })[]> {
  const rows = await db.execute<AccountName & { amount: string } & Record<string, unknown>>(sql`
    select a.kind, a.owner_id as "ownerId", a.unit, h.amount from customers.holds h join customers.accounts a using (account_id)
    where h.hold_key = ${key} and h.state = 'EXPIRED' order by a.account_id`);
  return rows.map(({ kind, ownerId, unit, amount }) => ({ kind, ownerId, unit, amount: Number(amount) }));
}

/** What became of giving back; `remaining` can still be given back. */
export interface ReversedHold {
  readonly status: 'REVERSED' | 'REPEATED' | 'REFERENCE_REUSED' | 'EXCEEDED' | 'NONE';
  readonly remaining: number;
}

/**
 * Gives back a part of what a key had confirmed of a kind (on each of its budgets, where it is that), in one statement, once for each
 * reference; never more than was confirmed. EXCEEDED and NONE change nothing.
 */
export async function reverseHold(
  db: Db | Tx,
  reversal: { readonly key: string; readonly kind: AccountKind; readonly amount: number; readonly reference: string },
): Promise<ReversedHold> {
  const { key, kind, amount, reference } = reversal;
  const [row] = await db.execute<{ status: ReversedHold['status']; remaining: string }>(sql`
    select status, remaining from customers.reverse_hold(${key}, ${kind}, ${amount}::bigint, ${reference})`);
  return { status: row!.status, remaining: Number(row!.remaining) };
}

/** Ends holds that are over, `most` at most, passing by accounts that somebody is busy with. @returns how many it ended. */
export async function expireHolds(db: Db | Tx, most: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`select customers.expire_holds(${most}::integer) as count`);
  return row!.count;
}

/** Forgets holds that were released or expired 30 days ago, `most` at most; their keys may be used again then. @returns how many. */
export async function purgeHolds(db: Db | Tx, most: number): Promise<number> {
  const rows = await db.execute(sql`
    with old as materialized (
      select hold_key, account_id from customers.holds
      where state in ('RELEASED', 'EXPIRED') and ended_at < customers.app_now() - interval '30 days' order by ended_at limit ${most}
      for update skip locked
    ), gone as (
      delete from customers.holds h using old where h.hold_key = old.hold_key and h.account_id = old.account_id returning h.hold_key, h.kind
    ), agreed as (
      delete from customers.loyalty_redemptions r using gone where r.hold_key = gone.hold_key and gone.kind = 'POINTS'
    )
    select 1 from gone`);
  return rows.length;
}
