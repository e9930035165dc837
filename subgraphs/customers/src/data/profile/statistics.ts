import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { CountedOrder } from '../../domain/profile/counted-order.ts';
import { uuids } from './customers.ts';

/** What a customer bought in a channel, in a currency. */
export interface Statistics {
  readonly customerId: string;
  readonly channel: string;
  readonly currency: string;
  readonly orders: number;
  readonly spentMinor: number;
  /** As PostgreSQL writes an instant. */
  readonly lastOrderAt: string | null;
}

/** The largest sum that is kept: beyond it JSON has no whole numbers. */
const MOST_MINOR = Number.MAX_SAFE_INTEGER;

/** Statistics of customers, in order of channel and currency, in one statement. */
export async function findStatistics(db: Db | Tx, customerIds: readonly string[]): Promise<Statistics[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Statistics & Record<string, unknown>>(sql`
    select customer_id as "customerId", channel, currency, orders, spent_minor::float8 as "spentMinor", last_order_at::text as "lastOrderAt"
    from customers.customer_statistics where customer_id = any(${uuids(customerIds)}) order by customer_id, channel, currency`);
}

/** Whom orders were counted for. */
export async function ownersOfOrders(tx: Tx, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const rows = await tx.execute<{ id: string }>(
    sql`select distinct customer_id as id from customers.customer_orders where order_id = any(${uuids(orderIds)})`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Counts orders for customers whose rows the caller has locked; one that was counted before is passed by.
 * @returns the customers whose statistics changed.
 */
export async function countOrders(tx: Tx, orders: readonly CountedOrder[]): Promise<string[]> {
  if (orders.length === 0) return [];
  const rows = await tx.execute<{ id: string }>(sql`
    with counted as (
      insert into customers.customer_orders (order_id, customer_id, channel, currency, total_minor, placed_at)
      select o."orderId", o."customerId", o.channel, o.currency, o."totalMinor", o."placedAt"
      from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb)
        as o("orderId" uuid, "customerId" uuid, channel text, currency text, "totalMinor" bigint, "placedAt" timestamptz)
      on conflict on constraint customer_orders_pkey do nothing
      returning customer_id, channel, currency, total_minor, placed_at
    ), sums as (
      select customer_id, channel, currency, count(*)::int as orders, sum(total_minor) as spent, max(placed_at) as last_at
      from counted group by customer_id, channel, currency
    )
    insert into customers.customer_statistics as s (customer_id, channel, currency, orders, spent_minor, last_order_at)
    select customer_id, channel, currency, orders, least(spent, ${MOST_MINOR}::bigint), last_at from sums
    order by customer_id, channel, currency
    on conflict on constraint customer_statistics_pkey do update set orders = s.orders + excluded.orders,
      spent_minor = least(s.spent_minor + excluded.spent_minor, ${MOST_MINOR}::bigint), last_order_at = greatest(s.last_order_at, excluded.last_order_at)
    returning s.customer_id as id`);
  return [...new Set(rows.map(({ id }) => id))];
}

/**
 * Notes orders that were placed under an old id, for the merges that led it to its survivor: undone, they give the orders back, because
 * orders keep the id that they were placed with. Profiles are locked by the caller; repeating changes nothing.
 */
export async function noteLateOrders(
  tx: Tx,
  orders: readonly { readonly orderId: string; readonly formerId: string }[],
): Promise<void> {
  if (orders.length === 0) return;
  await tx.execute(sql`
    with recursive late as (
      select o."orderId" as order_id, m.merge_id, m.survivor_id
      from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as o("orderId" uuid, "formerId" uuid)
      join customers.merges m on m.absorbed_id = o."formerId" and m.undone_at is null
      union select late.order_id, m.merge_id, m.survivor_id from late
      join customers.merges m on m.absorbed_id = late.survivor_id and m.undone_at is null
    )
    insert into customers.merge_moves (merge_id, part, row_key) select merge_id, 'customer_orders', order_id::text from late
    on conflict do nothing`);
}

/**
 * Takes cancelled orders back, for customers whose rows the caller has locked: exactly what they gave, once. Orders that were never
 * counted are passed by. @returns the customers whose statistics changed.
 */
export async function uncountOrders(tx: Tx, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const rows = await tx.execute<{ id: string }>(sql`
    with taken as (
      update customers.customer_orders set cancelled_at = customers.app_now()
      where order_id = any(${uuids(orderIds)}) and cancelled_at is null
      returning order_id, customer_id, channel, currency, total_minor
    ), sums as (
      select customer_id, channel, currency, count(*)::int as orders, sum(total_minor) as spent, array_agg(order_id) as ids
      from taken group by customer_id, channel, currency
    )
    update customers.customer_statistics s set orders = greatest(0, s.orders - sums.orders), spent_minor = greatest(0, s.spent_minor - sums.spent),
      -- What this statement cancels still looks uncancelled to it.
      last_order_at = (select max(placed_at) from customers.customer_orders o where o.customer_id = s.customer_id and o.channel = s.channel
        and o.currency = s.currency and o.cancelled_at is null and o.order_id <> all (sums.ids))
    from sums where s.customer_id = sums.customer_id and s.channel = sums.channel and s.currency = sums.currency
    returning s.customer_id as id`);
  return [...new Set(rows.map(({ id }) => id))];
}

/**
 * Makes the statistics of customers anew from the orders that were counted for them, whose rows the caller has locked: for when
 * orders go over to another profile.
 */
export async function rebuildStatistics(tx: Tx, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.execute(sql`delete from customers.customer_statistics where customer_id = any(${uuids(customerIds)})`);
  await tx.execute(sql`
    insert into customers.customer_statistics (customer_id, channel, currency, orders, spent_minor, last_order_at)
    select customer_id, channel, currency, count(*)::int, least(sum(total_minor), ${MOST_MINOR}::bigint), max(placed_at)
    from customers.customer_orders where customer_id = any(${uuids(customerIds)}) and cancelled_at is null
    group by customer_id, channel, currency`);
}

/** The segments of customers are to be decided anew. The rows are locked by the caller, or will be by this. */
export async function noteSegmentsDue(tx: Tx, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.execute(
    sql`update customers.customers set segments_version = 0 where customer_id = any(${uuids(customerIds)}) and segments_version <> 0`,
  );
}
