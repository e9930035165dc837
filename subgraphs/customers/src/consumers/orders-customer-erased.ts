import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { acknowledgeErasure } from '../data/privacy/requests.ts';

const GROUP = 'customers-erasures';

/** An erasure is complete when everybody who keeps something of the person has forgotten it. */
export const consumeErasureAnswers = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume(GROUP, ['orders.customer.erased'], (events) =>
    consumeOnce(db, 'customers', GROUP, events, (tx, fresh) => {
      const ids = fresh.map(({ payload }) => (payload as { readonly customerId?: unknown }).customerId);
      return acknowledgeErasure(
        tx,
        ids.filter((id): id is string => typeof id === 'string' && isId(id)),
        'orders',
      );
    }),
  );
