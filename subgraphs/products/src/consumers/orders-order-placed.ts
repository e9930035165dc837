import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { Database, Tx } from '@kontor/kit/src/database.ts';
import type { DomainEvent, EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { addDemand, addPairs, findProductOfVariants } from '../data/demand/demand.ts';
import { writePopularity } from '../data/search/popularity.ts';
import { readPlacedOrder, scoresOfOrders } from '../domain/demand/ordered-products.ts';

const CONSUMER = 'products-demand';
/** Orders a transaction: each holds the demand of its products until then. */
const ORDERS_AT_ONCE = 50;

/**
 * Counts what is bought, and what is bought together, for sorting and recommending. Each order has one effect however often its event
 * comes. Nothing is kept of the order or of who placed it.
 */
export const consumeOrders = (bus: EventBus, db: Database, clock: Clock = systemClock): Promise<Listening> =>
  bus.consume(CONSUMER, ['orders.order.placed'], async (events) => {
    for (let from = 0; from < events.length; from += ORDERS_AT_ONCE)
      await consumeOnce(db, 'products', CONSUMER, events.slice(from, from + ORDERS_AT_ONCE), (tx, fresh) =>
        count(tx, fresh, clock.now().getTime()),
      );
  });

async function count(tx: Tx, events: readonly DomainEvent[], nowMs: number): Promise<void> {
  const orders = events.flatMap(({ payload }) => readPlacedOrder(payload, nowMs) ?? []);
  const productOf = await findProductOfVariants(
    tx,
    orders.flatMap(({ variantIds }) => variantIds),
  );
  const { products, pairs } = scoresOfOrders(orders, productOf);
  if (products.length === 0) return;
  const demand = await addDemand(tx, products);
  await addPairs(tx, pairs);
  await writePopularity(
    tx,
    demand.map(({ productId, score }) => ({ productId, popularity: score })),
  );
}
