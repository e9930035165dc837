import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wholeMinor } from '../amounts/precise.ts';
import { marginPrice, type MarginRule } from './margin-price.ts';
import type { FeeBracket } from './price-list.ts';

const rule = (basisPoints: number, taxBasisPoints: number): MarginRule => ({
  kind: 'MARGIN',
  basisPoints,
  taxBasisPoints,
  feeSchedule: 'market',
});
const bracket = (fromMinor: number, basisPoints: number, fixedMinor = 0, minimumMinor = 0): FeeBracket => ({
  fromMinor,
  basisPoints,
  fixedMinor,
  minimumMinor,
});

/** What is left of a price after fee, cost and margin, by the rule as it is said, in numbers that are exact: 10^-14 of a minor unit. */
function isEnough(
  price: number,
  cost: bigint,
  { basisPoints, taxBasisPoints }: MarginRule,
  fees: readonly FeeBracket[],
  taxIncluded: boolean,
) {
  // All sides times 10,000 × (10,000 + tax) × 10,000 × 1,000,000.
  const tax = 10_000n + BigInt(taxBasisPoints);
  const unit = 10_000n * tax * 10_000n * 1_000_000n;
  const gross = taxIncluded ? BigInt(price) * unit : (BigInt(price) * unit * tax) / 10_000n;
  const net = taxIncluded ? (BigInt(price) * unit * 10_000n) / tax : BigInt(price) * unit;
  const fee = fees.findLast(({ fromMinor }) => BigInt(fromMinor) * unit <= gross);
  if (!fee) return false;
  const share = (gross * BigInt(fee.basisPoints)) / 10_000n + BigInt(fee.fixedMinor) * unit;
  const least = BigInt(fee.minimumMinor) * unit;
  const left = net - (share > least ? share : least) - (cost * unit) / 1_000_000n;
  return left * 10_000n >= net * BigInt(basisPoints);
}

describe('marginPrice', () => {
  test.each<[string, number, MarginRule, FeeBracket[], boolean, number | null]>([
    // 10.00 / (1 − 0.20) = 12.50
    ['no fee, no tax', 1_000, rule(2_000, 0), [bracket(0, 0)], false, 1_250],
    // p (1 − 0.20 − 0.15) = 10.00 → 15.3846
    ['a share of the price', 1_000, rule(2_000, 0), [bracket(0, 1_500)], false, 1_539],
    // p (1 − 0.20 − 0.15 × 1.19) = 10.00 + 0.30 → 10.30 / 0.6215 = 16.5728
    [
      'a share of the gross price and a fixed fee, for a net list',
      1_000,
      rule(2_000, 1_900),
      [bracket(0, 1_500, 30)],
      false,
      1_658,
    ],
    // The same as gross: g (0.80 / 1.19 − 0.15) = 10.30 → 10.30 / 0.5222689 = 19.7217
    ['the same for a list with tax', 1_000, rule(2_000, 1_900), [bracket(0, 1_500, 30)], true, 1_973],
    // A share of 15% of 2.xx is less than 0.50: p × 0.80 = 1.00 + 0.50 → 1.875
    ['the least fee', 100, rule(2_000, 0), [bracket(0, 1_500, 0, 50)], false, 188],
    // Below 20.00: p × 0.65 = 14.00 → 21.54, too dear for the bracket; from 20.00 on 10%: p × 0.70 = 14.00 → 20.00
    [
      'a bracket that is cheaper further up',
      1_400,
      rule(2_000, 0),
      [bracket(0, 1_500), bracket(2_000, 1_000)],
      false,
      2_000,
    ],
    // From 20.00 on 5%: 12.50 / 0.75 = 16.67 is below the bracket, below it 12.50 / 0.60 = 20.83 is above: the first price of the bracket.
    [
      'the first price of a bracket, where none below is enough',
      1_250,
      rule(2_000, 0),
      [bracket(0, 2_000), bracket(2_000, 500)],
      false,
      2_000,
    ],
    ['fees and margin of more than all', 1_000, rule(6_000, 0), [bracket(0, 4_000)], false, null],
    ['nothing for nothing', 0, rule(2_000, 0), [bracket(0, 1_500)], false, 0],
    ['no schedule', 1_000, rule(2_000, 0), [], false, null],
  ])('%s', (_, cost, margin, fees, taxIncluded, expected) => {
    expect(marginPrice(wholeMinor(cost), margin, fees, taxIncluded)).toBe(expected);
  });

  test('counts millionths of the cost', () => {
    expect(marginPrice({ minor: 80, micros: 0 }, rule(2_000, 0), [bracket(0, 0)], false)).toBe(100);
    expect(marginPrice({ minor: 80, micros: 1 }, rule(2_000, 0), [bracket(0, 0)], false)).toBe(101);
  });

  test('takes the lowest price with its ending that leaves the margin, beyond a bracket in which the next one up does not', () => {
    const up = { mode: 'UP' as const, stepMinor: 100, endingMinor: 99 };
    const fees = [bracket(0, 1_000), bracket(2_000, 2_000)];
    // 13.72 / 0.70 = 19.60, up to 19.99 in the same bracket; 14.00 / 0.70 = 20.00 is in the next: 14.00 / 0.60 = 23.33.
    expect(marginPrice(wholeMinor(1_372), rule(2_000, 0), fees, false, up)).toBe(1_999);
    expect(marginPrice(wholeMinor(1_400), rule(2_000, 0), fees, false, up)).toBe(2_399);
    // 13.96 / 0.70 = 19.94 would be up at 20.90, where 0.60 leave 12.54: 13.96 / 0.60 = 23.27.
    expect(marginPrice(wholeMinor(1_372), rule(2_000, 0), fees, false, { ...up, endingMinor: 90 })).toBe(1_990);
    expect(marginPrice(wholeMinor(1_396), rule(2_000, 0), fees, false, { ...up, endingMinor: 90 })).toBe(2_390);
    expect(marginPrice(wholeMinor(1_372), rule(2_000, 0), fees, false, { ...up, mode: 'DOWN' })).toBe(1_899);
  });

  test('leaves the margin, and no lower price would', () => {
    const fees = fc
      .array(
        fc.record({
          fromMinor: fc.integer({ min: 1, max: 20_000 }),
          basisPoints: fc.nat(4_000),
          fixedMinor: fc.nat(200),
          minimumMinor: fc.nat(300),
        }),
        { maxLength: 4 },
      )
      .map((rest) => [bracket(0, 1_200, 20, 30), ...rest.sort((one, other) => one.fromMinor - other.fromMinor)]);
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.nat(999_999),
        fc.nat(5_000),
        fc.constantFrom(0, 700, 1_900, 2_500),
        fees,
        fc.boolean(),
        (minor, micros, basisPoints, tax, brackets, taxIncluded) => {
          const margin = rule(basisPoints, tax);
          const cost = BigInt(minor) * 1_000_000n + BigInt(micros);
          const price = marginPrice({ minor, micros }, margin, brackets, taxIncluded);
          if (price === null) return;
          expect(isEnough(price, cost, margin, brackets, taxIncluded)).toBe(true);
          // All of those below, not one step alone: a bracket further down may be cheaper.
          for (let lower = 0; lower < Math.min(price, 400); lower += 1)
            expect(isEnough(lower, cost, margin, brackets, taxIncluded)).toBe(false);
          for (let lower = Math.max(0, price - 100); lower < price; lower += 1)
            expect(isEnough(lower, cost, margin, brackets, taxIncluded)).toBe(false);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });
});
