import type { Money } from '@kontor/kit/src/money.ts';

/** A line whose price is another one than was promised, or that has none any more. */
export interface ChangedLine {
  readonly variantId: string;
  /** What was promised for this many of it; null when nothing was. */
  readonly expected: Money | null;
  /** What it costs now; null when it has no price any more. */
  readonly current: Money | null;
}

/** What somebody was promised for so many of a variant. */
export interface PromisedLine {
  readonly variantId: string;
  readonly quantity: number;
  readonly total: Money;
}

/** What so many of a variant cost now. */
export interface CurrentLine {
  readonly variantId: string;
  readonly quantity: number;
  readonly total: Money | null;
}

/**
 * The lines that cost something else than was promised for the same quantity, in the order of the cart; without a promise only those that have no
 * price. A cart has each variant once.
 * @param promised empty when nothing was.
 */
export function changedLines(current: readonly CurrentLine[], promised: readonly PromisedLine[]): ChangedLine[] {
  const promises = new Map(promised.map((line) => [`${line.variantId} ${line.quantity}`, line.total]));
  return current.flatMap(({ variantId, quantity, total }) => {
    const expected = promises.get(`${variantId} ${quantity}`) ?? null;
    const isSame = total !== null && (promised.length === 0 || (expected !== null && sameMoney(expected, total)));
    return isSame ? [] : [{ variantId, expected, current: total }];
  });
}

/** Whether two amounts are the same, in the same currency. */
export const sameMoney = (a: Money, b: Money): boolean => a.minorUnits === b.minorUnits && a.currency === b.currency;
