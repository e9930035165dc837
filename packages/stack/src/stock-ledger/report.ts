import type { Archiving } from '@kontor/stock/src/commands/archive-ledger.ts';
import { remedyOf } from '@kontor/stock/src/commands/repair-stock.ts';
import type { StockVerification } from '@kontor/stock/src/commands/verify-stock.ts';
import type { Difference } from '@kontor/stock/src/data/verification.ts';

const COMPARED: Readonly<Record<Difference['what'], string>> = {
  LEVEL: 'level against ledger',
  LINES: 'ledger against reservations',
  VERSION: 'version against ledger',
  GAP: 'versions in the ledger',
  SOLD_AHEAD: 'sold ahead against lines that wait',
  USAGE: 'consumption of a channel',
  DEADLINE: 'deadline of a hold',
};

/** A line for a difference. */
export function describeDifference(difference: Difference): string {
  const { what, variantId, locationId, reservationId, state, expected, actual } = difference;
  const subject = reservationId ? `reservation ${reservationId}` : `variant ${variantId}`;
  return [
    `${COMPARED[what]}: ${subject}`,
    ...(locationId ? [`location ${locationId}`] : []),
    ...(state ? [state] : []),
    `is ${actual}, should be ${expected}`,
  ].join(', ');
}

/** The lines that tell of a verification; the differences first, with how they would be repaired when that is asked for. */
export function describeVerification(found: StockVerification, options: { readonly remedies: boolean }): string[] {
  const { variantCount, levelCount, differenceCount, differences } = found;
  const lines = differences.flatMap((difference) => [
    describeDifference(difference),
    ...(options.remedies ? [`    → ${remedyOf(difference) ?? 'cannot be repaired: restore what is missing'}`] : []),
  ]);
  const more = differenceCount - differences.length;
  return [
    ...lines,
    ...(more > 0 ? [`… and ${more} more`] : []),
    `${plural(variantCount, 'variant')} and ${plural(levelCount, 'level')} compared: ${differenceCount === 0 ? 'no difference' : plural(differenceCount, 'difference')}`,
  ];
}

/** The lines that tell of an archiving. */
export function describeArchiving(archiving: Archiving): string[] {
  if (archiving.kind === 'busy') return ['Somebody else is archiving: nothing was done.'];
  const { months, openMonth } = archiving;
  return [
    ...months.map(
      ({ month, file, entryCount, checksum }) =>
        `${month.slice(0, 7)}  ${plural(entryCount, 'entry', 'entries')} → ${file}  sha256 ${checksum}`,
    ),
    months.length === 0 ? 'Nothing to archive.' : `${plural(months.length, 'month')} archived.`,
    ...(openMonth ? [`${openMonth.slice(0, 7)} is not closed yet, and so it stays.`] : []),
  ];
}

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
