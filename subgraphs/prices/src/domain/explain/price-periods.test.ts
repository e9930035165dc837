import { describe, expect, it } from 'vitest';
import { lowestPriceOf, pricePeriods } from './price-periods.ts';

const DAY = 86_400_000_000;
const day = (count: number) => count * DAY;
const price = (minorUnits: number) => ({ gross: { minorUnits } });

describe('pricePeriods', () => {
  it('joins what cost the same, and tells when there was no price', () => {
    const costs: Record<number, number | null> = { 0: 10, 5: 10, 8: null, 9: 12 };
    const periods = pricePeriods([0, 5, 8, 9], 20, (at) => (costs[at] == null ? null : price(costs[at])));
    expect(periods).toEqual([
      { from: 0, until: 8, price: price(10) },
      { from: 8, until: 9, price: null },
      { from: 9, until: 20, price: price(12) },
    ]);
  });
});

describe('lowestPriceOf', () => {
  const lowest = (...spans: [from: number, minor: number | null][]) => {
    const now = day(60);
    const found = lowestPriceOf(
      spans.map(([from, minor], index) => ({
        from: day(from),
        until: index + 1 < spans.length ? day(spans[index + 1]![0]) : now,
        price: minor === null ? null : price(minor),
      })),
    );
    return found && [found.price.gross.minorUnits, found.from / DAY, found.until / DAY];
  };

  it.each([
    ['a price that never changed', [[0, 100]], [100, 30, 60]],
    [
      'a reduction five days ago: the thirty days before it',
      [
        [0, 100],
        [55, 80],
      ],
      [100, 25, 55],
    ],
    [
      'a reduction, with a cheaper day in the thirty before',
      [
        [0, 100],
        [40, 70],
        [41, 100],
        [55, 80],
      ],
      [70, 25, 55],
    ],
    [
      'a reduction, with a cheaper day before those thirty',
      [
        [0, 100],
        [20, 70],
        [21, 100],
        [55, 80],
      ],
      [100, 25, 55],
    ],
    [
      'a rise five days ago: the last thirty days',
      [
        [0, 100],
        [55, 120],
      ],
      [100, 30, 60],
    ],
    [
      'a reduction that is older than thirty days: the price of then is the usual one',
      [
        [0, 100],
        [20, 80],
      ],
      [80, 30, 60],
    ],
    [
      'goods that were not for sale for a while',
      [
        [0, 100],
        [50, null],
        [58, 90],
      ],
      [90, 30, 60],
    ],
    [
      'goods that came two days ago',
      [
        [0, null],
        [58, 90],
      ],
      [90, 30, 60],
    ],
  ] as [string, [number, number | null][], number[]][])('tells it of %s', (_, spans, expected) => {
    expect(lowest(...spans)).toEqual(expected);
  });

  it('tells none of goods that had no price, and of nothing at all', () => {
    expect(lowest([0, null])).toBeNull();
    expect(lowestPriceOf([])).toBeNull();
  });
});
