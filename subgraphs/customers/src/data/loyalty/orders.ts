import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { EarningOrder, Refund } from '../../domain/loyalty/order-events.ts';
import type { Earned, LoyaltyRules } from '../../domain/loyalty/rules.ts';

/** By what an order of somebody earns: the rules, and the tier of whoever the id means now. */
export interface EarningTerms {
  readonly rules: LoyaltyRules | null;
  readonly tier: string | null;
}

/** By what an order of somebody earns, in one statement; old ids of merged profiles are taken. */
export async function findEarningTerms(db: Db | Tx, customerId: string): Promise<EarningTerms> {
  const [row] = await db.execute<{ rules: LoyaltyRules | null; tier: string | null }>(sql`
    select (select r.rules || jsonb_build_object('version', r.version) from customers.loyalty_rules r order by r.version desc limit 1) as rules,
      (select s.tier from customers.customers c
        join customers.accounts a on a.kind = 'POINTS' and a.owner_id = coalesce(c.merged_into, c.customer_id) and a.unit = 'POINTS'
        join customers.loyalty_standings s on s.account_id = a.account_id where c.customer_id = ${customerId}::uuid) as tier`);
  return row!;
}

/**
 * An order earns points, once, in one statement; at once when they are due, else they wait for their day. What was refunded of it before
 * earns nothing. Nobody earns who was erased or is not known.
 * @param expiryMonths from the day on which they are credited; null for points that do not expire.
 * @returns whether this was the first time that anybody earned with this order.
 */
export async function earnPoints(
  db: Db | Tx,
  { orderId, customerId, total }: EarningOrder,
  { points, qualifying, dueAt, expiryMonths }: Earned & { readonly dueAt: Date; readonly expiryMonths: number | null },
): Promise<boolean> {
  const [row] = await db.execute<{ earned: boolean }>(sql`
    select customers.earn_points(${orderId}::uuid, ${customerId}::uuid, ${total.currency}, ${total.minorUnits}::bigint,
      ${points}::bigint, ${qualifying}::bigint, ${expiryMonths}::integer, ${dueAt.toISOString()}::timestamptz) as earned`);
  return row!.earned;
}

/**
 * Takes back what a part of an order, or all of it, had earned, once for each refund and in one statement. What is gone or held becomes a
 * debt that later earnings pay. A refund in another currency than the order's changes nothing.
 * @returns whether it was taken into account now.
 */
export async function refundOrder(db: Db | Tx, { orderId, refundId, total }: Refund): Promise<boolean> {
  const [row] = await db.execute<{ refunded: boolean }>(sql`
    select customers.refund_order(${orderId}::uuid, ${refundId}, ${total?.currency ?? null}, ${total?.minorUnits ?? 0}::bigint,
      ${total === null}) as refunded`);
  return row!.refunded;
}
