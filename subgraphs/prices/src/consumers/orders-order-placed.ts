import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { confirmPromotions } from '../commands/promotions/end-holds.ts';

const GROUP = 'prices-promotions';

/**
 * What an order took of codes, limits and budgets is used when the order was placed. Confirming is harmless to repeat, so that no inbox is needed;
 * each order is a transaction of its own, so that no locks of one are kept while another's are waited for.
 */
export const consumeHoldsOfOrders = (bus: EventBus, db: Database, logger: Logger): Promise<Listening> =>
  bus.consume(GROUP, ['orders.order.placed'], async (events) => {
    for (const { payload, eventId } of events) {
      const { promotionHoldKey } = payload as { readonly promotionHoldKey?: unknown };
      if (typeof promotionHoldKey !== 'string') continue;
      const status = await confirmPromotions(db, promotionHoldKey);
      if (status !== 'CONFIRMED')
        logger.error({ promotionHoldKey, eventId, status }, 'a placed order held nothing of its promotions');
    }
  });
