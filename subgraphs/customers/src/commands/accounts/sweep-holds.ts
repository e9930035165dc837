import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { expireHolds, purgeHolds } from '../../data/accounts/holds.ts';

const SWEEP_MS = 1_000;
const BATCH = 200;
/** Turns between two purges: an hour of them. */
const PURGE_EVERY = 3_600;
const PURGE_BATCH = 1_000;

/**
 * Ends all holds that are over, in batches, and passes by accounts that somebody is busy with: who needs their room ends those. Every process
 * sweeps. @returns how many it ended.
 */
export async function sweepHolds(db: Database): Promise<number> {
  let total = 0;
  for (;;) {
    const ended = await expireHolds(db.orm, BATCH);
    total += ended;
    if (ended < BATCH) break;
  }
  if (total > 0) db.committed();
  return total;
}

/** Sweeps every second beside requests, and forgets old holds every hour. @returns how to stop it. */
export function startHoldSweeper(db: Database, logger: Logger): () => Promise<void> {
  let turn = 0;
  return startRecurring({
    everyMs: SWEEP_MS,
    logger,
    onFailure: 'holds that are over wait for the next sweep',
    async work(isStopping) {
      await sweepHolds(db);
      if (turn % PURGE_EVERY === 0) while (!isStopping() && (await purgeHolds(db.orm, PURGE_BATCH)) === PURGE_BATCH);
      turn += 1;
    },
  });
}
