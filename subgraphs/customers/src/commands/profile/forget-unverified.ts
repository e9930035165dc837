import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { purgeUnverified } from '../../data/profile/identities.ts';

const BATCH = 500;
const EVERY_MS = 10 * 60_000;

/** Forgets addresses that were added and never verified, so that nobody keeps somebody else's. */
export async function forgetUnverified(db: Database): Promise<void> {
  while ((await purgeUnverified(db.orm, BATCH)) === BATCH);
}

/** Forgets them every ten minutes beside requests. @returns how to stop it. */
export const startForgetting = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    everyMs: EVERY_MS,
    logger,
    onFailure: 'addresses that nobody verified wait for the next turn',
    work: () => forgetUnverified(db),
  });
