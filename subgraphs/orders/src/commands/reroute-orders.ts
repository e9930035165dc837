import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { takeDueReroutings } from '../data/reroutings.ts';
import type { Orders } from '../dependencies.ts';
import { newOwner } from './advance-checkout.ts';
import { rerouteOrder } from './reroute-order.ts';

const BATCH = 10;
const LOOK_MS = 1_000;
const REQUEST_ID = 'orders-rerouter';

/** Routes orders again that lost units of their stock and are due; any process may. @returns how many there were. */
export async function rerouteOrders(orders: Orders): Promise<number> {
  const owner = newOwner();
  const due = await takeDueReroutings(orders.db, owner, BATCH);
  await Promise.all(
    due.map(async (rerouting) => {
      try {
        await rerouteOrder(orders, rerouting, owner, REQUEST_ID);
      } catch (error) {
        const { orderId, attemptCount } = rerouting;
        orders.logger.warn({ err: error, orderId, attemptCount }, 'routing an order again is put off');
      }
    }),
  );
  return due.length;
}

/** Looks every second for orders to route again. @returns how to stop it, after what is under way. */
export const startRerouter = (orders: Orders): (() => Promise<void>) =>
  startRecurring({
    everyMs: LOOK_MS,
    logger: orders.logger,
    onFailure: 'orders that lost stock wait',
    async work(isStopping) {
      while ((await rerouteOrders(orders)) === BATCH && !isStopping());
    },
  });
