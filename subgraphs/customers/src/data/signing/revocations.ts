import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from '../profile/customers.ts';

/**
 * What has ended may be told a little ahead of the clock: nothing can be issued for it any more, and the clocks of those who verify
 * need not agree to the second.
 */
const ENDED_AHEAD_S = 60;
/** Longer than an access token lives, and than an edge can be behind. */
const KEPT = '20 minutes';

/**
 * Ends all sessions of customers for good, with their access tokens. Locks the customers' rows, in order, before the sessions.
 * @param except a session that goes on.
 * @returns the ids of the sessions that ended.
 */
export async function endSessionsOf(tx: Tx, customerIds: readonly string[], except?: string): Promise<string[]> {
  if (customerIds.length === 0) return [];
  await lockCustomers(tx, customerIds);
  return end(tx, sql`customer_id = any(${uuids(customerIds)}) and session_id is distinct from ${except ?? null}::uuid`);
}

/** Ends all sessions of members of the staff for good, with their access tokens. @returns the ids of the sessions. */
export const endSessionsOfStaff = async (tx: Tx, staffIds: readonly string[]): Promise<string[]> =>
  staffIds.length === 0 ? [] : end(tx, sql`staff_id = any(${uuids(staffIds)})`);

/** Ends all sessions that were begun on devices for good, with their access tokens. @returns the ids of the sessions. */
export const endSessionsOfDevice = async (tx: Tx, deviceIds: readonly string[]): Promise<string[]> =>
  deviceIds.length === 0 ? [] : end(tx, sql`device_id = any(${uuids(deviceIds)})`);

/**
 * What access tokens say of these customers is no longer true: their sessions go on, and tokens that were issued until now are
 * refused, so that the next exchange brings new ones. Call it after the change, in its transaction, which locks the customers' rows
 * first or has locked nothing behind them: a session that begins or is exchanged at the same time waits for the commit or is seen here.
 */
export async function staleTokensOf(tx: Tx, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await lockCustomers(tx, customerIds);
  await stale(tx, sql`customer_id = any(${uuids(customerIds)})`);
}

/** Tells edges that credentials have ended: sessions, or keys that were revoked. */
export async function revokeCredentials(tx: Tx, credentialIds: readonly string[]): Promise<void> {
  if (credentialIds.length === 0) return;
  await tx.execute(sql`
    insert into customers.revocations (credential_id, not_before, created_at)
    select id, customers.app_now() + ${ENDED_AHEAD_S} * interval '1 second', customers.app_now() from unnest(${uuids(credentialIds)}) id`);
}

/** Forgets revocations whose tokens have all ended, a batch at a time. @returns how many. */
export async function purgeRevocations(db: Db, batch: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from customers.revocations where revocation_id in (
      select revocation_id from customers.revocations where created_at < customers.app_now() - ${KEPT}::interval
      limit ${batch} for update skip locked
    ) returning revocation_id`);
  return rows.length;
}

const lockCustomers = (tx: Tx, ids: readonly string[]) =>
  tx.execute(sql`
    select from customers.customers where customer_id = any(${uuids(ids)}) order by customer_id for no key update`);

const lockSessions = (tx: Tx, which: ReturnType<typeof sql>) =>
  tx.execute<{ id: string }>(
    sql`select session_id as id from customers.sessions where ${which} order by session_id for update`,
  );

async function end(tx: Tx, which: ReturnType<typeof sql>): Promise<string[]> {
  const ids = (await lockSessions(tx, which)).map(({ id }) => id);
  if (ids.length === 0) return ids;
  await tx.execute(sql`delete from customers.sessions where session_id = any(${uuids(ids)})`);
  await revokeCredentials(tx, ids);
  return ids;
}

async function stale(tx: Tx, which: ReturnType<typeof sql>): Promise<void> {
  const ids = (await lockSessions(tx, which)).map(({ id }) => id);
  // The time is read by a statement of its own, which begins when the locks are held: later than any token that was issued before.
  if (ids.length > 0)
    await tx.execute(sql`
      insert into customers.revocations (credential_id, not_before, created_at)
      select id, customers.app_now(), customers.app_now() from unnest(${uuids(ids)}) id`);
}
