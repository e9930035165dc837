import { describe, expect, test } from 'vitest';
import { changedLines } from './changed-lines.ts';

const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const now = (variantId: string, quantity: number, minorUnits: number | null) => ({
  variantId,
  quantity,
  total: minorUnits === null ? null : eur(minorUnits),
});
const before = (variantId: string, quantity: number, total = eur(100)) => ({ variantId, quantity, total });

describe('lines that changed', () => {
  test('are none when each costs what was promised, whatever else was promised', () => {
    expect(
      changedLines([now('a', 1, 100), now('b', 2, 100)], [before('b', 2), before('c', 9), before('a', 1)]),
    ).toEqual([]);
  });

  test('have both amounts, in the order of the cart', () => {
    expect(
      changedLines(
        [now('a', 1, 90), now('b', 1, 110), now('c', 1, 100)],
        [before('c', 1), before('b', 1), before('a', 1)],
      ),
    ).toEqual([
      { variantId: 'a', expected: eur(100), current: eur(90) },
      { variantId: 'b', expected: eur(100), current: eur(110) },
    ]);
  });

  test('were promised nothing for another quantity, nor where the line is new', () => {
    expect(changedLines([now('a', 2, 100), now('b', 1, 100)], [before('a', 1)])).toEqual([
      { variantId: 'a', expected: null, current: eur(100) },
      { variantId: 'b', expected: null, current: eur(100) },
    ]);
  });

  test('cost another amount in another currency', () => {
    expect(changedLines([now('a', 1, 100)], [before('a', 1, { minorUnits: 100, currency: 'USD' })])).toHaveLength(1);
  });

  test('are those without a price, with or without a promise', () => {
    expect(changedLines([now('a', 1, null), now('b', 1, 5)], [])).toEqual([
      { variantId: 'a', expected: null, current: null },
    ]);
    expect(changedLines([now('a', 1, null)], [before('a', 1)])).toEqual([
      { variantId: 'a', expected: eur(100), current: null },
    ]);
  });
});
