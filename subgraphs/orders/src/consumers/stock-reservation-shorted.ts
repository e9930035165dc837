import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { noteShortage } from '../data/reroutings.ts';

const GROUP = 'orders-shorted';

/** What of the event matters here. */
interface ReservationShorted {
  readonly key: string;
  readonly status: 'HELD' | 'COMMITTED';
}

/**
 * Notes orders that lost units of their stock; the rerouter does the rest. A hold that lost units is none of its business: it
 * cannot be committed, and its checkout holds anew.
 */
export const consumeShortedReservations = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume(GROUP, ['stock.reservation.shorted'], (events) =>
    consumeOnce(db, 'orders', GROUP, events, async (tx, fresh) => {
      const committed = fresh.map((event) => event.payload as ReservationShorted).filter(isCommitted);
      if (committed.length > 0) await noteShortage(tx, [...new Set(committed.map(({ key }) => key))]);
    }),
  );

const isCommitted = ({ status }: ReservationShorted): boolean => status === 'COMMITTED';
