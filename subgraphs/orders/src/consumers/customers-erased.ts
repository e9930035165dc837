import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { appendEvents, consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { erasePeople } from '../data/people.ts';

const GROUP = 'orders-erasures';

interface CustomerErased {
  readonly customerId: string;
  /** Ids of profiles that were merged into it. */
  readonly formerIds: readonly string[];
}

/** Forgets people whom customers has forgotten, and says so: an erasure is complete when everybody did. */
export const consumeErasures = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume(GROUP, ['customers.customer.erased'], (events) =>
    consumeOnce(db, 'orders', GROUP, events, async (tx, fresh) => {
      for (const { payload } of fresh) {
        const { customerId, formerIds } = payload as CustomerErased;
        await erasePeople(tx, [customerId, ...formerIds]);
        await appendEvents(tx, 'orders', [
          { topic: 'orders.customer.erased', key: customerId, payload: { customerId } },
        ]);
      }
    }),
  );
