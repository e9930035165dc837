import { busy, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findReroutingState, findRoutedOrder, takeRerouting } from '../data/reroutings.ts';
import type { Orders } from '../dependencies.ts';
import type { RerouteReason } from '../domain/rerouting.ts';
import { newOwner } from './advance-checkout.ts';
import { rerouteOrder } from './reroute-order.ts';

/** What a try by hand came to; the order is read again by its id. */
export type ReroutedByHand =
  | { readonly __typename: 'OrderRerouted'; readonly orderId: string }
  | ReturnType<typeof unroutable | typeof notFound | typeof invalidInput | typeof busy>;

const BUSY_MS = 1_000;
const PATH = ['input', 'orderId'];

/**
 * Tries at once to route an order again that lost units of its stock, whether it was left to somebody or waits for its turn.
 * @throws GraphQLError when stock does not answer; the order stays as it was.
 */
export async function rerouteByHand(orders: Orders, id: string, requestId: string): Promise<ReroutedByHand> {
  const orderId = id.toLowerCase();
  if (!isId(orderId) || !(await findRoutedOrder(orders.db, orderId)))
    return notFound('There is no such order.', [...PATH]);
  const owner = newOwner();
  const rerouting = await takeRerouting(orders.db, orderId, owner);
  if (!rerouting) return whyNotTaken(orders, orderId);
  const rerouted = await rerouteOrder(orders, rerouting, owner, requestId);
  if (!rerouted) return busy('The order', BUSY_MS);
  return rerouted.reason ? unroutable(rerouted.reason) : { __typename: 'OrderRerouted', orderId };
}

async function whyNotTaken(orders: Orders, orderId: string): Promise<ReroutedByHand> {
  const state = await findReroutingState(orders.db, orderId);
  return state === 'pending' || state === 'exception'
    ? busy('The order', BUSY_MS)
    : invalidInput('ORDER_NOT_SHORT', 'Stock is committed for all of this order: there is nothing to route again.', [
        ...PATH,
      ]);
}

const MESSAGES: Readonly<Record<RerouteReason, string>> = {
  NO_STOCK: 'No locations have what the order lacks. Repeat when goods came in.',
  RESERVATION_ENDED: 'Stock holds nothing for the order any more.',
  STOCK_INCONSISTENT: 'The levels of stock contradict its reservations. Verify the stock, then repeat.',
};

const unroutable = (reason: RerouteReason) => ({
  __typename: 'OrderUnroutable' as const,
  code: 'ORDER_UNROUTABLE',
  message: MESSAGES[reason],
  path: [...PATH],
  reason,
});
