import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { findPriceChanges, type ChangePosition } from '../data/price-changes.ts';
import type { PriceHub } from './price-hub.ts';

/** How late a change is told at most that the bus did not tell. */
const FOLLOW_MS = 1_000;
const PAGE = 1_000;
const TOPICS = ['prices.prices.changed', 'prices.promotions.changed'];

/**
 * Hands the sequence of price changes out to who watches. The sequence knows everything that may change a price, in the order of commits; the bus says
 * only when it is worth looking, so that it may lose, repeat and reorder what it likes.
 */
export interface PriceFollower {
  /** Hands out what was noted since the last time, or begins at the present end. Whoever calls while it reads is waited for by one more reading. */
  follow(): Promise<void>;
  /** Looks whenever the bus tells of a change, from now on; ending it ends all registrations. */
  listen(bus: EventBus): Promise<Listening>;
  /** Looks once a second; failures wait for the next turn. @returns how to stop it. */
  start(): () => Promise<void>;
}

/** Makes the follower of a process. */
export function createPriceFollower(options: {
  readonly db: Database;
  readonly hub: PriceHub;
  readonly logger: Logger;
}): PriceFollower {
  const { db, hub, logger } = options;
  const onFailure = 'changes of prices could not be read and will be read again';
  let position: ChangePosition | null = null;
  let reading: Promise<void> | null = null;
  let again = false;

  const readPages = async () => {
    for (let hasMore = true; hasMore;) {
      // Nobody watches: nothing has to be gone through.
      const since: ChangePosition | null = hub.size === 0 ? null : position;
      const page = await findPriceChanges(db, since, since ? PAGE : 0);
      // Who registered while the answer was under way may have read before it: they look again, as everyone does when it cannot be told what changed.
      if (page.resync) hub.resync();
      else hub.changed(page.variantIds);
      position = page.end;
      hasMore = page.hasMore;
    }
  };
  const follow = () => {
    again = true;
    reading ??= (async () => {
      try {
        while (again) {
          again = false;
          await readPages();
        }
      } finally {
        reading = null;
      }
    })();
    return reading;
  };
  const look = () => void follow().catch((error: unknown) => logger.warn({ err: error }, onFailure));

  return {
    follow,
    async listen(bus) {
      const listening = await bus.listen(TOPICS, look, look);
      return {
        stop: async () => {
          await listening.stop();
          hub.close();
        },
      };
    },
    start: () => startRecurring({ work: follow, everyMs: FOLLOW_MS, logger, onFailure }),
  };
}
