import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideHalfEven } from '@kontor/kit/src/money.ts';
import { comparePrecise, lessMinor, lessPercent, lessPrecise, plusTax, times } from './precise.ts';
import { proportion } from './proportion.ts';

const amount = fc.record({
  minor: fc.integer({ min: 0, max: 10_000_000 }),
  micros: fc.oneof(fc.constant(0), fc.constant(500_000), fc.integer({ min: 0, max: 999_999 })),
});
const quantity = fc.integer({ min: 1, max: 10_000 });
const basisPoints = fc.integer({ min: 0, max: 10_000 });
const RUNS = { seed: 3, numRuns: 1000 };
const MICROS = 1_000_000n;
const exact = ({ minor, micros }: { minor: number; micros: number }) => BigInt(minor) * MICROS + BigInt(micros);

describe('precise amounts', () => {
  test('are multiplied and then rounded half-even once', () => {
    expect(times({ minor: 1, micros: 234_500 }, 100)).toBe(123);
    expect(times({ minor: 0, micros: 500_000 }, 1)).toBe(0);
    expect(times({ minor: 1, micros: 500_000 }, 1)).toBe(2);
    fc.assert(
      fc.property(amount, quantity, (each, count) => {
        expect(times(each, count)).toBe(Number(divideHalfEven(exact(each) * BigInt(count), MICROS)));
      }),
      RUNS,
    );
  });

  test('less a percentage stay whole when they are whole, and precise when they are precise', () => {
    expect(lessPercent({ minor: 1250, micros: 0 }, 1500)).toEqual({ minor: 1062, micros: 0 });
    expect(lessPercent({ minor: 1, micros: 234_500 }, 1000)).toEqual({ minor: 1, micros: 111_050 });
    fc.assert(
      fc.property(amount, basisPoints, (each, off) => {
        const scale = each.micros === 0 ? MICROS : 1n;
        const rest = divideHalfEven((exact(each) / scale) * BigInt(10_000 - off), 10_000n) * scale;
        expect(exact(lessPercent(each, off))).toBe(rest);
      }),
      RUNS,
    );
  });

  test('never go below nothing when an amount is taken off', () => {
    expect(lessMinor({ minor: 5, micros: 1 }, 5)).toEqual({ minor: 0, micros: 1 });
    expect(lessMinor({ minor: 5, micros: 1 }, 6)).toEqual({ minor: 0, micros: 0 });
  });

  test('are compared and subtracted to the millionth', () => {
    fc.assert(
      fc.property(amount, amount, (left, right) => {
        const [high, low] = comparePrecise(left, right) < 0 ? [right, left] : [left, right];
        const rest = lessPrecise(high, low);
        expect(exact(rest)).toBe(exact(high) - exact(low));
        expect(rest.micros).toBeGreaterThanOrEqual(0);
        expect(rest.micros).toBeLessThan(1_000_000);
      }),
      RUNS,
    );
  });

  test('get their tax', () => {
    expect(plusTax({ minor: 108, micros: 0 }, 1900)).toEqual({ minor: 129, micros: 0 });
    expect(plusTax({ minor: 1, micros: 234_500 }, 1900)).toEqual({ minor: 1, micros: 469_055 });
  });
});

describe('proportion', () => {
  test('is exact and half-even, also where the product is beyond 2^53', () => {
    const large = fc.integer({ min: 0, max: 9_000_000_000_000 });
    fc.assert(
      fc.property(fc.oneof(large, fc.integer({ min: 0, max: 500 })), basisPoints, (each, share) => {
        const right = divideHalfEven(BigInt(each) * BigInt(share), 10_000n);
        expect(proportion(each, share, 10_000)).toBe(Number(right));
      }),
      RUNS,
    );
    expect([proportion(1, 1, 2), proportion(3, 1, 2), proportion(5, 1, 2)]).toEqual([0, 2, 2]);
  });
});
