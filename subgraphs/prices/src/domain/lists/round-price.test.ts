import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriceRounding } from './price-list.ts';
import { roundPrice } from './round-price.ts';

const NINETY_NINE = { stepMinor: 100, endingMinor: 99 };

describe('roundPrice', () => {
  test.each<[string, number, number, PriceRounding, number]>([
    ['UP to .99 keeps what ends so', 1999, 0, { mode: 'UP', ...NINETY_NINE }, 1999],
    ['UP to .99 from a cent above', 2000, 0, { mode: 'UP', ...NINETY_NINE }, 2099],
    ['UP to .99 from a millionth above', 1999, 1, { mode: 'UP', ...NINETY_NINE }, 2099],
    ['DOWN to .99', 2098, 999_999, { mode: 'DOWN', ...NINETY_NINE }, 1999],
    ['DOWN to .99 where there is none below', 50, 0, { mode: 'DOWN', ...NINETY_NINE }, 99],
    ['NEAREST to .99, below', 2048, 0, { mode: 'NEAREST', ...NINETY_NINE }, 1999],
    ['NEAREST to .99, as near to both', 2049, 0, { mode: 'NEAREST', ...NINETY_NINE }, 2099],
    ['NEAREST to .99, above', 2050, 0, { mode: 'NEAREST', ...NINETY_NINE }, 2099],
    ['NEAREST, decided by millionths, below', 2, 499_999, { mode: 'NEAREST', stepMinor: 5, endingMinor: 0 }, 0],
    ['NEAREST, decided by millionths, half', 2, 500_000, { mode: 'NEAREST', stepMinor: 5, endingMinor: 0 }, 5],
    ['UP to x9.00', 12_345, 0, { mode: 'UP', stepMinor: 1000, endingMinor: 900 }, 12_900],
    ['NEAREST to five cents', 1_232, 0, { mode: 'NEAREST', stepMinor: 5, endingMinor: 0 }, 1_230],
    ['NEAREST to whole units', 1_950, 0, { mode: 'NEAREST', stepMinor: 100, endingMinor: 0 }, 2_000],
    ['an ending beyond the step', 250, 0, { mode: 'UP', stepMinor: 100, endingMinor: 199 }, 299],
  ])('%s', (_, minor, micros, rounding, expected) => {
    expect(roundPrice({ minor, micros }, rounding)).toBe(expected);
  });

  test('ends as asked for, on the side asked for, less than a step away, and again gives the same', () => {
    const rounding = fc.record({
      mode: fc.constantFrom('UP' as const, 'DOWN' as const, 'NEAREST' as const),
      stepMinor: fc.integer({ min: 1, max: 10_000 }),
      endingMinor: fc.nat(9_999),
    });
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(999_999), rounding, (minor, micros, rule) => {
        const rounded = roundPrice({ minor, micros }, rule);
        expect(rounded).toBeGreaterThanOrEqual(0);
        expect((((rounded - rule.endingMinor) % rule.stepMinor) + rule.stepMinor) % rule.stepMinor).toBe(0);
        expect(roundPrice({ minor: rounded, micros: 0 }, rule)).toBe(rounded);
        const distance = rounded - minor - micros / 1_000_000;
        expect(Math.abs(distance)).toBeLessThan(rule.stepMinor);
        const isLowest = rounded < rule.stepMinor;
        if (rule.mode === 'UP') expect(distance).toBeGreaterThanOrEqual(0);
        if (rule.mode === 'DOWN' && !isLowest) expect(distance).toBeLessThanOrEqual(0);
        if (rule.mode === 'NEAREST' && !isLowest) expect(Math.abs(distance)).toBeLessThanOrEqual(rule.stepMinor / 2);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});
