import { describe, expect, test } from 'vitest';
import type { PriceRow } from './price-list.ts';
import { tierOf } from './tier.ts';

const row = (minQuantity: number): PriceRow => ({
  minQuantity,
  amount: { minor: 100, micros: 0 },
  compareAtMinor: null,
});

describe('tierOf', () => {
  const rows = [row(2), row(10), row(100)];

  test.each([
    [1, null],
    [2, 2],
    [9, 2],
    [10, 10],
    [99, 10],
    [100, 100],
    [10_000, 100],
  ])('takes for %i the largest minimum that is reached', (quantity, expected) => {
    expect(tierOf(rows, quantity)?.minQuantity ?? null).toBe(expected);
  });

  test('finds nothing where there is nothing', () => {
    expect(tierOf([], 1)).toBeNull();
  });
});
