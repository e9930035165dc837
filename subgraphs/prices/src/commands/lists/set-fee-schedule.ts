import { isDeepStrictEqual } from 'node:util';
import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, versionConflict } from '@kontor/kit/src/errors.ts';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import {
  countFeeSchedules,
  type FeeSchedule,
  findFeeSchedule,
  writeFeeSchedule,
} from '../../data/lists/fee-schedules.ts';
import { lockListChanges } from '../../data/lists/lock-lists.ts';
import { findVariantsByFees, isFeeScheduleUsed } from '../../data/lists/write-lists.ts';
import { feeBracketsFault } from '../../domain/lists/price-list-draft.ts';
import { announceEngine } from '../announce/announce-engine.ts';

export type FeeScheduleOutcome =
  | { readonly __typename: 'FeeScheduleSaved'; readonly feeSchedule: FeeSchedule }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof versionConflict>;

const CODE = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const MAX_NAME = 200;
const MAX_SCHEDULES = 200;

/**
 * Makes the fee schedule of a marketplace, or changes the one of that code, in one transaction: prices of lists that keep a margin by it follow.
 * One that is so already keeps its version and tells nobody.
 * @param expectedVersion the version that was read, 0 for none; null takes whatever there is.
 */
export async function setFeeSchedule(
  db: Database,
  draft: Omit<FeeSchedule, 'version'>,
  expectedVersion: number | null,
): Promise<FeeScheduleOutcome> {
  const { code, name, currency, brackets } = draft;
  if (!CODE.test(code))
    return invalidInput('INVALID_CODE', 'A code is 1 to 64 lower-case letters, digits and hyphens.', [
      'input',
      'feeScheduleCode',
    ]);
  if (name.trim() === '' || name.length > MAX_NAME || name.includes('\0'))
    return invalidInput('INVALID_NAME', `A name has 1 to ${MAX_NAME} characters.`, ['input', 'name']);
  if (!isCurrencyCode(currency))
    return invalidInput('UNKNOWN_CURRENCY', `There is no currency "${currency}".`, ['input', 'currency']);
  const fault = feeBracketsFault(brackets);
  if (fault) return invalidInput(fault.code, fault.message, fault.path);
  return inTransaction(db, async (tx): Promise<FeeScheduleOutcome> => {
    // Lists name schedules: neither changes while the other does.
    await lockListChanges(tx);
    const before = await findFeeSchedule(tx, code);
    const version = before?.version ?? 0;
    if (expectedVersion !== null && expectedVersion !== version)
      return versionConflict(`The fee schedule "${code}"`, version);
    if (before && isDeepStrictEqual({ ...draft, version }, before))
      return { __typename: 'FeeScheduleSaved', feeSchedule: before };
    if (!before && (await countFeeSchedules(tx)) >= MAX_SCHEDULES)
      return invalidInput('TOO_MANY', `There are ${MAX_SCHEDULES} fee schedules, which is all there can be.`);
    if (before && before.currency !== currency && (await isFeeScheduleUsed(tx, code)))
      return invalidInput('FEE_SCHEDULE_IN_USE', `Lists in ${before.currency} keep a margin by "${code}".`, [
        'input',
        'currency',
      ]);
    const feeSchedule = { ...draft, version: version + 1 };
    await writeFeeSchedule(tx, feeSchedule);
    // Another name changes no price.
    const isPriced = before !== null && !isDeepStrictEqual(before.brackets, brackets);
    await announceEngine(tx, isPriced ? await findVariantsByFees(tx, code) : []);
    return { __typename: 'FeeScheduleSaved', feeSchedule };
  });
}
