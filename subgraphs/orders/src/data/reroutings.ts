import { type Database, inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { sql } from 'drizzle-orm';
import type { Address } from '../domain/address.ts';
import { checkoutOfReservation } from '../domain/checkout.ts';
import type { RerouteReason } from '../domain/rerouting.ts';
import type { Allocation } from '../domain/routing.ts';
import { replaceFulfilment } from './fulfilment.ts';

/** How long one process may be silent before another takes a rerouting up: longer than all questions of one try. */
const LEASE = '60 seconds';

/** An order to route again, leased by a process. */
export interface Rerouting {
  readonly orderId: string;
  readonly reservationKey: string;
  readonly state: 'pending' | 'exception';
  /** How often it lost units, as far as the process knows. */
  readonly revision: number;
  readonly refusalCount: number;
  readonly attemptCount: number;
}

/** What routing has to know of a placed order. */
export interface RoutedOrder {
  readonly orderId: string;
  readonly number: string;
  readonly channel: string;
  readonly shippingAddress: Address | null;
  readonly pickupLocationId: string | null;
}

/**
 * Notes that reservations lost units after they were committed. Keys of others are passed over; so is an order whose checkout
 * will not place it. A checkout that is about to place its order counts: its order is routed again as soon as it stands.
 */
export async function noteShortage(tx: Tx, reservationKeys: readonly string[]): Promise<void> {
  const rows = reservationKeys.map((key) => ({ key, checkout: checkoutOfReservation(key) }));
  await tx.execute(sql`
    insert into orders.reroutings as r (order_id, reservation_key, due_at, created_at, updated_at)
    select coalesce(o.order_id, c.order_id) as id, min(k.key), orders.app_now(), orders.app_now(), orders.app_now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as k(key text, checkout uuid)
    left join orders.orders o on o.reservation_key = k.key
    left join orders.checkouts c on c.checkout_id = k.checkout and c.state not in ('placed', 'failed')
    where coalesce(o.order_id, c.order_id) is not null group by id order by id
    on conflict (order_id) do update set reservation_key = excluded.reservation_key, ${lostAgain}`);
}

/** Who works on it sees by the revision that there is more to do; an exception stays one. */
const lostAgain = sql`
  state = case r.state when 'exception' then 'exception' else 'pending' end, revision = r.revision + 1, refusal_count = 0, attempt_count = 0,
  due_at = case when r.lease_until > orders.app_now() then r.lease_until else orders.app_now() end, updated_at = orders.app_now()`;

/** Has an order looked at again, whoever works on it now. */
export async function lookAgain(db: Database, orderId: string): Promise<void> {
  await db.orm.execute(sql`update orders.reroutings r set ${lostAgain} where order_id = ${orderId}`);
}

const columns = ({ sql: query }: Database) => query`
  order_id as "orderId", reservation_key as "reservationKey", state, revision, refusal_count as "refusalCount", attempt_count as "attemptCount"`;

const lease = ({ sql: query }: Database, owner: string) => query`
  lease_owner = ${owner}, lease_until = orders.app_now() + ${LEASE}::interval, due_at = orders.app_now() + ${LEASE}::interval,
  attempt_count = attempt_count + 1`;

/** Leases up to `limit` reroutings that are due, passing over those that others are just taking. */
export async function takeDueReroutings(db: Database, owner: string, limit: number): Promise<Rerouting[]> {
  return await db.sql<Rerouting[]>`
    update orders.reroutings set ${lease(db, owner)} where order_id in (
      select order_id from orders.reroutings where state = 'pending' and due_at <= orders.app_now() order by due_at limit ${limit} for update skip locked)
    returning ${columns(db)}`;
}

/** Leases the rerouting of an order, whether it is due or not. @returns null when another process has it, or there is nothing to do. */
export async function takeRerouting(db: Database, orderId: string, owner: string): Promise<Rerouting | null> {
  const [row] = await db.sql<Rerouting[]>`
    update orders.reroutings set ${lease(db, owner)}
    where order_id = ${orderId} and state <> 'moved' and (lease_until is null or lease_until <= orders.app_now()) returning ${columns(db)}`;
  return row ?? null;
}

/** How far the rerouting of an order is; null when it never lost anything. */
export async function findReroutingState(db: Database, orderId: string): Promise<Rerouting['state'] | 'moved' | null> {
  const [row] = await db.sql<{ state: Rerouting['state'] | 'moved' }[]>`
    select state from orders.reroutings where order_id = ${orderId}`;
  return row?.state ?? null;
}

/** What routing has to know of an order; null when it is not placed. */
export async function findRoutedOrder({ sql: query }: Database, orderId: string): Promise<RoutedOrder | null> {
  const [row] = await query<RoutedOrder[]>`
    select order_id as "orderId", number, channel, shipping_address as "shippingAddress", pickup_location_id as "pickupLocationId"
    from orders.orders where order_id = ${orderId}`;
  return row ?? null;
}

/** Whether a checkout may still place the order. */
export async function isAboutToBePlaced({ sql: query }: Database, orderId: string): Promise<boolean> {
  // 'placed': it was placed after it was looked for.
  const rows = await query`select 1 from orders.checkouts where order_id = ${orderId} and state <> 'failed'`;
  return rows.length > 0;
}

/** Forgets the rerouting of an order that will never be. */
export async function forgetRerouting({ sql: query }: Database, { orderId }: Rerouting, owner: string): Promise<void> {
  await query`delete from orders.reroutings where order_id = ${orderId} and lease_owner = ${owner}`;
}

/** Gives a lease back; the order is due again after `delayS` seconds. `refused`: stock had no place for it. */
export async function putOff(
  { sql: query }: Database,
  { orderId }: Rerouting,
  owner: string,
  { delayS, refused }: { readonly delayS: number; readonly refused: boolean },
): Promise<void> {
  await query`
    update orders.reroutings set lease_owner = null, lease_until = null, refusal_count = refusal_count + ${refused ? 1 : 0},
      due_at = orders.app_now() + ${`${delayS} seconds`}::interval, updated_at = orders.app_now()
    where order_id = ${orderId} and lease_owner = ${owner}`;
}

/**
 * Ends a leased rerouting: what the locations send is what stock has for the order now, and `orders.order.rerouted` says so, in
 * one transaction. When the order lost more meanwhile it stays due. @returns false when the lease was lost: nothing was written.
 */
export function finishRerouting(
  db: Database,
  rerouting: Rerouting,
  owner: string,
  { order, allocations }: { readonly order: RoutedOrder; readonly allocations: readonly Allocation[] },
): Promise<boolean> {
  const { orderId, number, channel } = order;
  return inTransaction(db, async (tx) => {
    const rows = await tx.execute(sql`
      update orders.reroutings set state = case when revision = ${rerouting.revision}::int then 'moved' else 'pending' end, reason = null, raised_at = null,
        refusal_count = 0, lease_owner = null, lease_until = null, due_at = orders.app_now(), updated_at = orders.app_now()
      where order_id = ${orderId} and lease_owner = ${owner} returning order_id`);
    if (rows.length === 0) return false;
    await replaceFulfilment(tx, orderId, allocations);
    const payload = { orderId, number, channel, allocations };
    await appendEvents(tx, 'orders', [{ topic: 'orders.order.rerouted', key: orderId, payload }]);
    return true;
  });
}

/**
 * Leaves a leased rerouting to somebody and says so by `orders.order.exception`, in one transaction.
 * @returns false when the lease was lost or the order lost more meanwhile: nothing was written.
 */
export function raiseException(
  db: Database,
  rerouting: Rerouting,
  owner: string,
  { order, reason }: { readonly order: RoutedOrder; readonly reason: RerouteReason },
): Promise<boolean> {
  const { orderId, number, channel } = order;
  return inTransaction(db, async (tx) => {
    const [row] = await tx.execute<{ since: string }>(sql`
      update orders.reroutings set state = 'exception', reason = ${reason}, raised_at = coalesce(raised_at, orders.app_now()), lease_owner = null,
        lease_until = null, updated_at = orders.app_now()
      where order_id = ${orderId} and lease_owner = ${owner} and revision = ${rerouting.revision}::int returning raised_at as since`);
    if (!row) return false;
    // Whoever was told already is not told again.
    if (rerouting.state === 'exception') return true;
    const payload = { orderId, number, channel, kind: 'STOCK_SHORT', reason, since: new Date(row.since).toISOString() };
    await appendEvents(tx, 'orders', [{ topic: 'orders.order.exception', key: orderId, payload }]);
    return true;
  });
}
