import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { closeMonth, hasMonthToClose, prepareLedger, withoutLimits } from '../data/ledger-months.ts';

const MONTHS_AHEAD = 2;
const UPKEEP_MS = 3_600_000;

/**
 * Closes every month of the ledger that is over for more than an hour, the oldest first: what each level was at its end is kept, and nothing
 * can be booked into it any more. Repeating is harmless, and of several processes one closes a month.
 * @returns the months closed here, such as `2026-01-01`.
 */
export async function closeLedgerMonths(db: Database): Promise<string[]> {
  const months: string[] = [];
  if (!(await hasMonthToClose(db))) return months;
  // A month is summed up in one statement, which takes as long as the month is large.
  await withoutLimits(db, { lock: false }, async (sql) => {
    for (let month = await closeMonth(sql); month !== null; month = await closeMonth(sql)) months.push(month);
  });
  return months;
}

/** Makes the partitions of the ledger that will be needed, and closes what is over. */
export async function keepLedger(db: Database): Promise<void> {
  await prepareLedger(db, MONTHS_AHEAD);
  await closeLedgerMonths(db);
}

/** Keeps the ledger now and every hour, beside requests; failures wait for the next turn. @returns how to stop it. */
export const startLedgerUpkeep = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    work: () => keepLedger(db),
    everyMs: UPKEEP_MS,
    atOnce: true,
    logger,
    onFailure: 'the ledger is prepared and closed at the next turn',
  });
