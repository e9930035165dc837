import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { confirmPlaced } from '../commands/accounts/confirm-placed.ts';

const GROUP = 'customers-holds';

/**
 * What is held for an order is spent when the order was placed. Confirming is harmless to repeat, so no inbox is needed; each order is a
 * transaction of its own, so that no locks of one account are kept while another one's are waited for.
 */
export const consumeHoldsOfOrders = (bus: EventBus, db: Database, logger: Logger): Promise<Listening> =>
  bus.consume(GROUP, ['orders.order.placed'], async (events) => {
    for (const { payload, eventId } of events) {
      const { holdKey } = payload as { readonly holdKey?: unknown };
      if (typeof holdKey !== 'string') continue;
      const outcome = await confirmPlaced(db, holdKey);
      // The order stands: somebody has to settle it by hand.
      if (outcome !== 'CONFIRMED')
        logger.error({ holdKey, eventId, outcome }, 'what a placed order took is not covered');
    }
  });
