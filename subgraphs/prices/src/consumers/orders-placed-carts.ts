import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { keepPlacedCart, type PlacedOrder } from '../commands/feeds/keep-placed-cart.ts';

const CONSUMER = 'prices-orders';

/** Keeps what first orders and simulations ask of orders that were placed. Each order counts once, however often its event comes. */
export const consumeOrders = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume(CONSUMER, ['orders.order.placed'], (events) =>
    consumeOnce(db, 'prices', CONSUMER, events, async (tx, fresh) => {
      // In the order of the customers, whose counts are locked until the end.
      const orders = fresh.map(({ payload }) => payload as PlacedOrder);
      orders.sort((one, other) => ((one.customerId ?? '') < (other.customerId ?? '') ? -1 : 1));
      for (const order of orders) await keepPlacedCart(tx, order);
    }),
  );
