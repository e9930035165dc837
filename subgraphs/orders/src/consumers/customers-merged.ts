import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { type Merge, writeMerge } from '../data/people.ts';

const GROUP = 'orders-merges';
const UNMERGED = 'customers.customer.unmerged';

/** Follows profiles that were merged, and those that were taken apart again. */
export const consumeMerges = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume(GROUP, ['customers.customer.merged', UNMERGED], (events) =>
    consumeOnce(db, 'orders', GROUP, events, async (tx, fresh) => {
      for (const { topic, payload } of fresh) await writeMerge(tx, payload as Merge, topic === UNMERGED);
    }),
  );
