import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { findClock, findTurningPromotions } from '../../data/clock.ts';
import { purgeHistory } from '../../data/history.ts';
import { nextBoundary } from '../../domain/promotions/next-boundary.ts';
import { purgePlacedCarts } from '../feeds/keep-placed-cart.ts';
import { tellBoundaries } from './tell-boundaries.ts';

/** What is due is at most half a second late, with the time that it takes. */
const EVERY_MS = 500;
const PURGE_MS = 3_600_000;

export interface PriceClock {
  readonly db: Database;
  readonly logger: Logger;
}

/** Tells of windows of prices that begin and end, and forgets what is kept long enough, beside requests. @returns how to stop it */
export function startPriceClock({ db, logger }: PriceClock): () => Promise<void> {
  const stopTelling = startRecurring({
    work: createTurn(db),
    everyMs: EVERY_MS,
    atOnce: true,
    logger,
    onFailure: 'windows of prices that began or ended are told in the next turn',
  });
  const stopPurging = startRecurring({
    everyMs: PURGE_MS,
    logger,
    onFailure: 'old prices and carts stay until the next turn',
    async work(isStopping) {
      await purgePlacedCarts(db);
      await purgeHistory(db, isStopping);
    },
  });
  return async () => {
    await Promise.all([stopTelling(), stopPurging()]);
  };
}

/** Makes the turns of a process: each tells of boundaries when one is due. */
export function createTurn(db: Database): () => Promise<void> {
  /** When the first promotion of a revision turns, worked out once: with hours and days it costs. */
  let known: { readonly revision: number; readonly next: Date | null } | null = null;
  return async () => {
    const { told, now, revision, isListDue } = await findClock(db);
    if (known?.revision !== revision || (known.next !== null && known.next <= told))
      known = { revision, next: nextBoundary(await findTurningPromotions(db.orm, told), told) };
    if (isListDue || (known.next !== null && known.next <= now)) await tellBoundaries(db);
  };
}
