import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spread } from './spread.ts';

describe('spread', () => {
  test('gives what is left to the largest remainders, and to the first of equal ones', () => {
    expect(spread(1000, [1250, 1000, 500])).toEqual([454, 364, 182]);
    expect(spread(1000, [500, 500, 500])).toEqual([334, 333, 333]);
    expect(spread(1, [5, 5])).toEqual([1, 0]);
  });

  test('gives nothing where nothing weighs', () => {
    expect(spread(0, [0, 0])).toEqual([0, 0]);
    expect(spread(0, [])).toEqual([]);
    expect(spread(7, [0, 7])).toEqual([0, 7]);
  });

  test('sums to the amount, and gives each part its share rounded up or down and never more than it weighs', () => {
    // Cents and billions alike: their products are beyond what a number holds exactly.
    const weight = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 9_000_000_000_000 }));
    const parts = fc.array(weight, { minLength: 1, maxLength: 50 }).chain((weights) => {
      const sum = weights.reduce((all, each) => all + each, 0);
      return fc.tuple(fc.maxSafeNat().map((each) => each % (sum + 1)), fc.constant(weights), fc.constant(sum)); // prettier-ignore
    });
    fc.assert(
      fc.property(parts, ([amount, weights, sum]) => {
        const shares = spread(amount, weights);
        expect(shares.reduce((all, each) => all + each, 0)).toBe(amount);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(weights[index]!);
          const floor = sum === 0 ? 0 : Number((BigInt(amount) * BigInt(weights[index]!)) / BigInt(sum));
          expect([floor, floor + 1]).toContain(share);
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
