import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { appendEvents, consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { claimOrders } from '../data/people.ts';
import { orderAttached } from '../data/profiles.ts';
import type { Orders } from '../dependencies.ts';
import { askVerifiedEmails } from '../peers/customers.ts';

const GROUP = 'orders-claims';
const REQUEST_ID = 'orders-claims';

/**
 * Hangs orders on the profile of somebody who has shown that the address they were placed with is theirs. The event says whose address,
 * not which: customers is asked for it before the transaction begins.
 */
export const consumeVerifiedIdentities = (
  bus: EventBus,
  { db, peers }: Pick<Orders, 'db' | 'peers'>,
): Promise<Listening> =>
  bus.consume(GROUP, ['customers.identity.verified'], async (events) => {
    const ids = [...new Set(events.map(({ payload }) => (payload as { customerId: string }).customerId))];
    const emails = new Map<string, string[]>();
    for (const id of ids) emails.set(id, await askVerifiedEmails(peers.customers, REQUEST_ID, id));
    await consumeOnce(db, 'orders', GROUP, events, async (tx) => {
      for (const [customerId, addresses] of emails) {
        const claimed = await claimOrders(tx, customerId, addresses);
        await appendEvents(tx, 'orders', claimed.map(orderAttached));
      }
    });
  });
