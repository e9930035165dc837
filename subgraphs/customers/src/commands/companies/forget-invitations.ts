import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { purgeInvitations } from '../../data/companies/invitations.ts';

const BATCH = 500;
const EVERY_MS = 60 * 60_000;
/** Days that an invitation is kept after its end. */
const KEPT_DAYS = 30;

/** Forgets invitations that ended 30 days ago, with the addresses of those that nobody answered. */
export async function forgetInvitations(db: Database): Promise<void> {
  while ((await purgeInvitations(db.orm, KEPT_DAYS, BATCH)) === BATCH);
}

/** Forgets them every hour beside requests. @returns how to stop it. */
export const startForgettingInvitations = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    everyMs: EVERY_MS,
    logger,
    onFailure: 'invitations that have ended wait for the next turn',
    work: () => forgetInvitations(db),
  });
