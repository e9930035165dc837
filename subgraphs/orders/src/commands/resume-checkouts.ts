import { inTransaction } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { purgeFinished, takeDueCheckouts } from '../data/checkouts.ts';
import { orderAttached, takePendingProfiles, writeProfile } from '../data/profiles.ts';
import type { Orders } from '../dependencies.ts';
import { ensureCustomer } from '../peers/customers.ts';
import { advanceCheckout, newOwner } from './advance-checkout.ts';

const BATCH = 10;
const LOOK_MS = 1_000;
const PURGE_EVERY_MS = 60_000;
const PURGE_BATCH = 1_000;
const REQUEST_ID = 'orders-resumer';

/** Goes on with checkouts whose process died or that were put off; any process may. @returns how many there were. */
export async function resumeCheckouts(orders: Orders): Promise<number> {
  const owner = newOwner();
  const due = await takeDueCheckouts(orders.db, owner, BATCH);
  await Promise.all(due.map((checkout) => advanceCheckout(orders, checkout, owner, REQUEST_ID)));
  return due.length;
}

/** Hangs orders on the profiles that customers could not give at placement. What fails is tried again after a while. */
async function completeProfiles({ db, peers, logger }: Orders): Promise<void> {
  const pending = await takePendingProfiles(db, BATCH);
  await Promise.all(
    pending.map(async ({ orderId, contact }) => {
      try {
        const email = contact.email ?? '';
        await attach(db, orderId, await ensureCustomer(peers.customers, REQUEST_ID, { ...contact, email }));
      } catch (error) {
        // Customers will never take this address: the order stands without a profile.
        if (codeOf(error) === 'BAD_USER_INPUT') await attach(db, orderId, null);
        else logger.debug({ err: error, orderId }, 'a profile waits for customers');
      }
    }),
  );
}

const attach = (db: Orders['db'], orderId: string, customerId: string | null): Promise<void> =>
  inTransaction(db, async (tx) => {
    const attached = await writeProfile(tx, orderId, customerId);
    if (attached) await appendEvents(tx, 'orders', [orderAttached(attached)]);
  });

const codeOf = (error: unknown): unknown => (error as { extensions?: { code?: unknown } } | null)?.extensions?.code;

/** Looks every second for what has to go on. @returns how to stop it, after what is under way. */
export function startResumer(orders: Orders): () => Promise<void> {
  let purgedAt = Date.now();
  const look = async (isStopping: () => boolean) => {
    // Full batches follow each other without a pause: after an outage there may be many.
    while ((await resumeCheckouts(orders)) === BATCH && !isStopping());
    await completeProfiles(orders);
    if (Date.now() - purgedAt < PURGE_EVERY_MS) return;
    purgedAt = Date.now();
    await purgeFinished(orders.db, PURGE_BATCH);
  };
  const { logger } = orders;
  return startRecurring({ work: look, everyMs: LOOK_MS, logger, onFailure: 'unfinished checkouts wait' });
}
