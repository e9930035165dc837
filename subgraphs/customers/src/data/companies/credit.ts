import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Booking, CreditOrder, CreditTerms } from '../../domain/companies/credit.ts';

/**
 * What a member of a company can buy on: the terms of the location that the member buys for. Until the transaction ends these terms stay.
 * Null when the customer is no member of that company, or buys for none of its locations.
 */
export async function findCreditTerms(tx: Tx, customerId: string, companyId: string): Promise<CreditTerms | null> {
  const [row] = await tx.execute<CreditTerms & Record<string, unknown>>(sql`
    select m.customer_id as "customerId", l.company_location_id as "companyLocationId", l.currency, l.terms_days as "termsDays",
      c.status = 'BLOCKED' as "isBlocked", c.time_zone as "timeZone"
    from customers.customers asked
    join customers.company_members m on m.customer_id = coalesce(asked.merged_into, asked.customer_id) and m.left_at is null
    join customers.companies c on c.company_id = m.company_id
    join customers.company_locations l on l.company_location_id = m.company_location_id
    where asked.customer_id = ${customerId}::uuid and m.company_id = ${companyId}::uuid for share of l`);
  return row ?? null;
}

/** Notes an order on account under its key, or finds what is noted under it; of two at once the later one waits. */
export async function noteCreditOrder(tx: Tx, order: Omit<CreditOrder, 'companyId'>): Promise<CreditOrder> {
  await tx.execute(sql`
    insert into customers.credit_orders (hold_key, company_location_id, customer_id, amount_minor, currency, terms_days, time_zone, created_at)
    values (${order.key}, ${order.companyLocationId}::uuid, ${order.customerId}::uuid, ${order.amountMinor}::bigint, ${order.currency},
      ${order.termsDays}, ${order.timeZone}, customers.app_now())
    on conflict on constraint credit_orders_pkey do nothing`);
  return (await findCreditOrder(tx, order.key))!;
}

/** An order on account by the key of its hold; null when there is none. */
export async function findCreditOrder(db: Db | Tx, key: string): Promise<CreditOrder | null> {
  const [row] = await db.execute<CreditOrder & { amount: string } & Record<string, unknown>>(sql`
    select o.hold_key as key, o.company_location_id as "companyLocationId", l.company_id as "companyId", o.customer_id as "customerId",
      o.amount_minor::text as amount, o.currency, o.terms_days as "termsDays", o.time_zone as "timeZone"
    from customers.credit_orders o join customers.company_locations l on l.company_location_id = o.company_location_id
    where o.hold_key = ${key}`);
  if (!row) return null;
  const { amount, ...order } = row;
  return { ...order, amountMinor: Number(amount) };
}

/** Notes a payment or an adjustment once for each key of who books. @returns what is noted under the key, and whether it is new. */
export async function noteBooking(
  tx: Tx,
  booking: Booking,
): Promise<{ readonly booking: Booking; readonly isNew: boolean }> {
  const rows = await tx.execute(sql`
    insert into customers.credit_bookings
      (booking_id, company_location_id, kind, amount_minor, currency, reference, value_at, booked_by, idempotency_key, created_at)
    values (${booking.id}::uuid, ${booking.companyLocationId}::uuid, ${booking.kind}, ${booking.amountMinor}::bigint, ${booking.currency},
      ${booking.reference}, coalesce(${booking.valueAt}::timestamptz, customers.app_now()), ${booking.bookedBy}, ${booking.idempotencyKey}, customers.app_now())
    on conflict on constraint credit_bookings_key do nothing returning booking_id`);
  if (rows.length > 0) return { booking, isNew: true };
  const [row] = await tx.execute<Booking & { amount: string } & Record<string, unknown>>(sql`
    select booking_id as id, company_location_id as "companyLocationId", kind, amount_minor::text as amount, currency, reference,
      value_at::text as "valueAt", booked_by as "bookedBy", idempotency_key as "idempotencyKey"
    from customers.credit_bookings where booked_by = ${booking.bookedBy} and idempotency_key = ${booking.idempotencyKey}`);
  const { amount, ...known } = row!;
  return { booking: { ...known, amountMinor: Number(amount) }, isNew: false };
}
