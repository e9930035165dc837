import type { Database, Tx } from '@kontor/kit/src/database.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { sql } from 'drizzle-orm';
import type { Contact } from '../domain/checkout.ts';

/** An order whose buyer has no profile yet. */
export interface PendingProfile {
  readonly orderId: string;
  readonly contact: Contact;
}

/** How long until the next try when one fails. */
const RETRY = '30 seconds';

/** Takes up to `limit` orders whose buyer's profile has to be asked for, and puts their next try off. */
export async function takePendingProfiles({ sql: query }: Database, limit: number): Promise<PendingProfile[]> {
  return await query<PendingProfile[]>`
    update orders.orders set profile_due_at = orders.app_now() + ${RETRY}::interval
    where order_id in (
      select order_id from orders.orders where profile_due_at <= orders.app_now() order by profile_due_at limit ${limit} for update skip locked)
    returning order_id as "orderId", contact`;
}

/** An order that has found its profile. */
export interface AttachedOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly channel: string;
  readonly total: Money;
  /** ISO 8601. */
  readonly placedAt: string;
}

/** Hangs an order on a profile, or ends the search for one with null. @returns the order, when it was hung on one now. */
export async function writeProfile(tx: Tx, orderId: string, customerId: string | null): Promise<AttachedOrder | null> {
  const [row] = await tx.execute<{ channel: string; grossMinor: number; currency: string; placedAt: string }>(sql`
    update orders.orders set customer_id = ${customerId}::uuid, profile_due_at = null where order_id = ${orderId}::uuid and customer_id is null
    returning channel, gross_minor::float8 as "grossMinor", currency, placed_at::text as "placedAt"`);
  return row && customerId !== null ? toAttached({ ...row, orderId }, customerId) : null;
}

/** What of a row tells that an order has found its profile. */
export const toAttached = (
  row: Pick<AttachedOrder, 'orderId' | 'channel'> & { grossMinor: number; currency: string; placedAt: string },
  customerId: string,
): AttachedOrder => ({
  orderId: row.orderId,
  customerId,
  channel: row.channel,
  total: { minorUnits: row.grossMinor, currency: row.currency },
  placedAt: new Date(row.placedAt).toISOString(),
});

/** The event of an order that has found its profile: points are earned and purchases counted then. */
export const orderAttached = (order: AttachedOrder) => ({
  topic: 'orders.order.attached',
  key: order.orderId,
  payload: order,
});
