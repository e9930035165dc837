import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { cancelUnits, type Cancelled } from '../data/reservation-changes.ts';
import { toUnitLines, type UnitLine } from '../domain/reservation-lines.ts';
import { isKey } from '../domain/texts.ts';
import { attempted, commandKey, faultOfKey, isFault, type RefusedChange } from './refused-change.ts';

/** What is not wanted any more. */
export interface CancelInput {
  readonly key: string;
  readonly cancelKey: string;
  /** Null for everything that is not shipped. */
  readonly lines: readonly UnitLine[] | null;
}

/**
 * Gives units of a committed reservation back, all of the lines or none, once per cancel key: at each place first those that were lost,
 * then those that wait for goods, then those that are committed, which become available. One of which nothing is left is released.
 */
export async function cancelReservation(db: Database, input: CancelInput): Promise<Cancelled | RefusedChange> {
  const { key, cancelKey } = input;
  const wrongKey = faultOfKey(cancelKey, 'cancelKey');
  if (wrongKey) return wrongKey;
  const lines = input.lines && toUnitLines(input.lines, isId);
  if (lines && isFault(lines)) return { kind: 'invalid', fault: lines };
  if (!isKey(key)) return { kind: 'missing' };
  return attempted(() => cancelUnits(db, key, commandKey(cancelKey, key, lines), lines));
}
