import type { Database } from '@kontor/kit/src/database.ts';
import type { Contact } from '../domain/checkout.ts';

/** An order whose buyer has no profile yet. */
export interface PendingProfile {
  readonly orderId: string;
  readonly contact: Contact;
}

/** How long until the next try when one fails. */
const RETRY = '30 seconds';

/** Takes up to `limit` orders whose buyer's profile has to be asked for, and puts their next try off. */
export async function takePendingProfiles({ sql }: Database, limit: number): Promise<PendingProfile[]> {
  return await sql<PendingProfile[]>`
    update orders.orders set profile_due_at = orders.app_now() + ${RETRY}::interval
    where order_id in (
      select order_id from orders.orders where profile_due_at <= orders.app_now() order by profile_due_at limit ${limit} for update skip locked)
    returning order_id as "orderId", contact`;
}

/** Hangs an order on a profile, or ends the search for one with null. */
export async function writeProfile({ sql }: Database, orderId: string, customerId: string | null): Promise<void> {
  await sql`update orders.orders set customer_id = ${customerId}, profile_due_at = null where order_id = ${orderId} and customer_id is null`;
}
