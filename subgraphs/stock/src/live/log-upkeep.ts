import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { purgeAvailabilityLog } from '../data/availability-changes.ts';

const PURGE_MS = 3_600_000;

/**
 * Forgets old changes once an hour, and once when the process starts. Every process does: a batch passes by what another one is
 * deleting. Failures wait for the next turn. @returns how to stop it.
 */
export const startLogUpkeep = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    everyMs: PURGE_MS,
    atOnce: true,
    logger,
    onFailure: 'old changes wait for the next purge',
    work: async () => void (await purgeAvailabilityLog(db)),
  });
