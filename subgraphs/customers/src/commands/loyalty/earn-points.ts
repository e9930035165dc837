import type { Database } from '@kontor/kit/src/database.ts';
import { earnPoints, findEarningTerms, refundOrder } from '../../data/loyalty/orders.ts';
import type { EarningOrder, Refund } from '../../domain/loyalty/order-events.ts';
import { channelRules, earned } from '../../domain/loyalty/rules.ts';

const DAY_MS = 86_400_000;

/**
 * An order earns points for its person by the rules and the tier of the moment: at once, or so many days after it was placed as its channel
 * says. Once, however often and from however many events it is told. @returns whether it was the first time.
 */
export async function earnForOrder(db: Database, order: EarningOrder): Promise<boolean> {
  const { rules, tier } = await findEarningTerms(db.orm, order.customerId);
  const delayDays = channelRules(rules, order.channel)?.earningDelayDays ?? 0;
  const isFirst = await earnPoints(db.orm, order, {
    ...earned(rules, order.channel, order.total, tier),
    dueAt: new Date(order.placedAt.getTime() + delayDays * DAY_MS),
    expiryMonths: rules?.expiryMonths ?? null,
  });
  if (isFirst) db.committed();
  return isFirst;
}

/** Takes back what the refunded part of an order had earned, once for each refund. @returns whether it was the first time. */
export async function takeBackEarned(db: Database, refund: Refund): Promise<boolean> {
  const isFirst = await refundOrder(db.orm, refund);
  if (isFirst) db.committed();
  return isFirst;
}
