import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { creditNextOrder, expireNextPoints, reviewNextStanding } from '../../data/loyalty/due.ts';

const EVERY_MS = 2_000;
/** Of each kind in a turn, so that none keeps the others waiting. */
const MOST_AT_ONCE = 1_000;

/**
 * Does what time changes: credits points whose day has come, ends those that have expired, and works out tiers anew; one after the other, a
 * transaction each, with its events. Every process does it, passing by what another one is at. @returns how much was done.
 */
export async function doWhatIsDue(db: Database, isStopping: () => boolean = () => false): Promise<number> {
  let total = 0;
  for (const step of [creditNextOrder, expireNextPoints, reviewNextStanding]) {
    let count = 0;
    while (count < MOST_AT_ONCE && !isStopping() && (await step(db.orm))) count += 1;
    total += count;
  }
  if (total > 0) db.committed();
  return total;
}

/** Does it every two seconds beside requests. @returns how to stop it. */
export const startLoyaltyClock = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    everyMs: EVERY_MS,
    logger,
    onFailure: 'points that are due wait for the next turn',
    work: async (isStopping) => void (await doWhatIsDue(db, isStopping)),
  });
