import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { purgeAvailabilityLog } from '../data/availability-changes.ts';

const PURGE_MS = 3_600_000;

/**
 * Forgets old changes once an hour, and once when the process starts. Every process does: a batch passes by what another one is
 * deleting. Failures wait for the next turn. @returns how to stop it.
 */
export function startLogUpkeep(db: Database, logger: Logger): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = purgeAvailabilityLog(db).then(
      () => undefined,
      (error: unknown) => {
        if (!stopped) logger.warn({ err: error }, 'old changes wait for the next purge');
      },
    );
  };
  run();
  const timer = setInterval(run, PURGE_MS).unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
