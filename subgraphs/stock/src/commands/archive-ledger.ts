import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '@kontor/kit/src/database.ts';
import { readArchive, syncFolder, writeArchive, type ArchiveContent } from '../archive/archive-file.ts';
import {
  countWrongOpenings,
  dropMonth,
  hasMonthToClose,
  listMonths,
  partitionOf,
  readMonth,
  sumMonth,
  withoutLimits,
  type LedgerMonth,
  type LedgerSums,
} from '../data/ledger-months.ts';
import { isLockTimeout } from '../data/retry.ts';
import { closeLedgerMonths } from './close-ledger-months.ts';

/** A month that was archived. */
export interface ArchivedMonth {
  readonly month: string;
  readonly file: string;
  readonly entryCount: number;
  readonly checksum: string;
}

/** What an archiving came to. */
export type Archiving =
  | {
      readonly kind: 'done';
      readonly months: readonly ArchivedMonth[];
      /** The first month asked for that is not over yet, or just now; null when all are archived. */
      readonly openMonth: string | null;
    }
  /** Somebody else archives. */
  | { readonly kind: 'busy' };

/** What does not fit, so that nothing was given up. */
export class ArchiveError extends Error {}

export interface ArchiveOptions {
  /** The first month that stays, such as `2026-03-01`. */
  readonly before: string;
  readonly folder: string;
  /** Told of entries that were written, of how many. */
  readonly onProgress?: (month: string, written: number, total: number) => void;
}

const CLOSE_TRIES = 60;
const CLOSE_WAIT_MS = 500;
const DROP_TRIES = 30;
const DROP_WAIT_MS = 1_000;

/**
 * Moves the entries of closed months, the oldest first, to a file each: writes, reads back and compares, and only then drops the month's
 * partition and says so, in one transaction. Broken off anywhere it has lost nothing, and repeated it begins with the month that it was at.
 * @throws ArchiveError when a file, the ledger and the sums do not agree.
 */
export async function archiveLedger(db: Database, options: ArchiveOptions): Promise<Archiving> {
  const { before, folder } = options;
  await mkdir(folder, { recursive: true });
  const done = await withoutLimits(db, { lock: true }, async (sql): Promise<Archiving> => {
    await closePatiently(db);
    const known = await listMonths(sql);
    const months: ArchivedMonth[] = [];
    for (const month of known)
      if (month.state === 'closed' && month.month < before) months.push(await archiveMonth(sql, month, options));
    const newest = known.at(-1);
    return { kind: 'done', months, openMonth: newest ? openBefore(newest.month, before) : null };
  });
  return done ?? { kind: 'busy' };
}

/** Closes what is over; waits a little for the upkeep of a running process that is at it already. */
async function closePatiently(db: Database): Promise<void> {
  for (let tries = 1; tries <= CLOSE_TRIES; tries += 1) {
    await closeLedgerMonths(db);
    if (!(await hasMonthToClose(db))) return;
    await wait(CLOSE_WAIT_MS);
  }
}

/** The month behind the newest that is closed, when it is among those that were asked for. */
function openBefore(newest: string, before: string): string | null {
  const [year, month] = newest.split('-').map(Number) as [number, number];
  const next = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
  return next < before ? next : null;
}

async function archiveMonth(
  sql: Database['sql'],
  closed: LedgerMonth,
  { folder, onProgress }: ArchiveOptions,
): Promise<ArchivedMonth> {
  const { month, entryCount } = closed;
  const name = `${partitionOf(month)}.jsonl.gz`;
  const ledger = await sumMonth(sql, month);
  if (ledger.entryCount !== entryCount)
    throw new ArchiveError(`${month} was closed with ${entryCount} entries and has ${ledger.entryCount}.`);
  const wrong = await countWrongOpenings(sql, month);
  if (wrong > 0)
    throw new ArchiveError(`What ${wrong} levels were when ${month} ended is not what its entries come to.`);

  await forgetPartials(folder, name);
  const partial = join(folder, `${name}.partial-${randomUUID()}`);
  let written = 0;
  const onLines = (count: number) => onProgress?.(month, (written += count), entryCount);
  const checksum = await writeArchive(readMonth(sql, month), partial, { onLines });
  const content = await readArchive(partial);
  const fault = faultOf(content, { ...ledger, checksum });
  if (fault) throw new ArchiveError(`${partial} does not hold what the ledger has of ${month}: ${fault}.`);
  await putInPlace(partial, { folder, name, checksum });
  if (!(await dropPatiently(sql, month, { file: name, checksum })))
    throw new ArchiveError(`${month} was archived by somebody else meanwhile.`);
  return { month, file: name, entryCount, checksum };
}

/** What tells an archive from what it should hold; null when nothing does. */
function faultOf(content: ArchiveContent, expected: LedgerSums & { readonly checksum: string }): string | null {
  if (content.checksum !== expected.checksum) return 'what was read is not what was written';
  if (content.entryCount !== expected.entryCount)
    return `${content.entryCount} entries instead of ${expected.entryCount}`;
  const states = Object.keys(expected.sums) as (keyof typeof expected.sums)[];
  const state = states.find((each) => content.sums[each] !== expected.sums[each]);
  return state ? `${state} comes to ${content.sums[state]} instead of ${expected.sums[state]}` : null;
}

/** Removes what runs that were broken off left behind. */
async function forgetPartials(folder: string, name: string): Promise<void> {
  const files = await readdir(folder);
  for (const file of files) if (file.startsWith(`${name}.partial-`)) await rm(join(folder, file), { force: true });
}

/** Gives the file its name. One of the same name may be there from a run that was broken off; any other is somebody's archive. */
async function putInPlace(
  partial: string,
  { folder, name, checksum }: { readonly folder: string; readonly name: string; readonly checksum: string },
): Promise<void> {
  const path = join(folder, name);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere && (await readArchive(path).catch(() => null))?.checksum !== checksum)
    throw new ArchiveError(`${path} is there and holds something else. Move it away, or choose another folder.`);
  await rename(partial, path);
  await syncFolder(folder);
}

/** Dropping gives up soon when the ledger is busy (see `stock.drop_month`): tries again. */
async function dropPatiently(
  sql: Database['sql'],
  month: string,
  archive: { readonly file: string; readonly checksum: string },
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await dropMonth(sql, month, archive);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (tries === DROP_TRIES)
        throw new ArchiveError(
          `The ledger is too busy to drop ${month}. It is archived and still here: run this again.`,
        );
      await wait(DROP_WAIT_MS);
    }
  }
}
