import type { Database } from '@kontor/kit/src/database.ts';
import type { DomainEvent, EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { earnForOrder, takeBackEarned } from '../commands/loyalty/earn-points.ts';
import { readCancellation, readEarningOrder, readRefund, type Refund } from '../domain/loyalty/order-events.ts';

const GROUP = 'customers-loyalty';

/**
 * Orders earn points when they are placed, or when they get their person later, and lose them with what is cancelled or refunded. Orders
 * and refunds have ids by which repeats are known: no inbox is needed, and each event is a statement of its own, so that no locks of one
 * person are kept while another one's are waited for.
 */
export const consumeLoyaltyOfOrders = (bus: EventBus, db: Database, logger: Logger): Promise<Listening> =>
  bus.consume(GROUP, Object.keys(HANDLERS), async (events) => {
    for (const event of events) await HANDLERS[event.topic as Topic](db, event, logger);
  });

type Handler = (db: Database, event: DomainEvent, logger: Logger) => Promise<unknown>;

// An order of nobody is told like any other and earns nothing.
const earn: Handler = async (db, { payload }) => {
  const order = readEarningOrder(payload);
  return order && earnForOrder(db, order);
};

const takeBack =
  (read: (payload: unknown) => Refund | null): Handler =>
  async (db, { payload, topic, eventId }, logger) => {
    const refund = read(payload);
    if (refund) return takeBackEarned(db, refund);
    // Repeating would not help: it would stop all that comes behind it.
    logger.warn({ topic, eventId }, 'an event about a refund could not be read');
    return false;
  };

const HANDLERS = {
  'orders.order.placed': earn,
  'orders.order.attached': earn,
  'orders.order.refunded': takeBack(readRefund),
  'orders.order.cancelled': takeBack(readCancellation),
} satisfies Record<string, Handler>;

type Topic = keyof typeof HANDLERS;
