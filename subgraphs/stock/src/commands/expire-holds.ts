import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { purgeKeys } from '../data/stock-changes.ts';
import { expireReservations, findExpiredHolds } from '../data/reservations.ts';

const BATCH = 100;
const SWEEP_MS = 1_000;
const PURGE_EVERY = 3_600;

/** Ends up to a hundred holds that are over, on some variants when these are given. @returns how many it found over. */
export async function endExpiredHolds(db: Database, variantIds?: readonly string[]): Promise<number> {
  const holds = await findExpiredHolds(db, BATCH, variantIds);
  await expireReservations(db, holds);
  return holds.length;
}

/**
 * Ends all holds that are over, in batches. Every process does so: a conditional update decides who ends a hold, and a sweeper that
 * finds nothing left costs one look at an index.
 */
export async function sweep(db: Database): Promise<void> {
  while ((await endExpiredHolds(db)) === BATCH);
}

/** Sweeps every second beside requests, and forgets old idempotency keys now and then; failures wait for the next turn. @returns how to stop it. */
export function startSweeper(db: Database, logger: Logger): () => Promise<void> {
  let stopped = false;
  let turn = 0;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const run = async () => {
    try {
      await sweep(db);
      if (turn % PURGE_EVERY === 0) await purgeKeys(db);
      turn += 1;
    } catch (error) {
      if (!stopped) logger.warn({ err: error }, 'holds that are over wait for the next sweep');
    }
    if (!stopped) schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => {
      running = run();
    }, SWEEP_MS).unref();
  };

  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
