import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { purgeKeys } from '../data/stock-changes.ts';
import { expireHolds } from '../data/reservations.ts';
import { createReservationPurge } from './purge-reservations.ts';

const BATCH = 100;
const SWEEP_MS = 1_000;
const PURGE_EVERY = 3_600;

/**
 * Ends all holds that are over, in batches. First passes by those on variants that somebody is busy with, who ends them when he locks
 * the variant to decide about it; then waits for those. Every process sweeps: a conditional update decides who ends a hold.
 */
export async function sweep(db: Database): Promise<void> {
  while ((await expireHolds(db, BATCH, false)) === BATCH);
  while ((await expireHolds(db, BATCH, true)) === BATCH);
}

/** Sweeps every second beside requests, and forgets old idempotency keys and reservations now and then; failures wait for the next turn. @returns how to stop it. */
export function startSweeper(db: Database, logger: Logger): () => Promise<void> {
  const reservations = createReservationPurge(db);
  let turn = 0;
  return startRecurring({
    everyMs: SWEEP_MS,
    logger,
    onFailure: 'holds that are over wait for the next sweep',
    async work() {
      await sweep(db);
      if (turn % PURGE_EVERY === 0) await purgeKeys(db);
      await reservations.turn(turn % PURGE_EVERY === 0);
      turn += 1;
    },
  });
}
