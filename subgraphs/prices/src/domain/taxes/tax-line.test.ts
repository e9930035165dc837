import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { times } from '../amounts/precise.ts';
import { taxLine, type TaxableLine } from './tax-line.ts';

const EUR = 'EUR';

/** A line of so many units at one price, unless it says something else. */
function line(unitMinor: number, quantity: number, more: Partial<TaxableLine> = {}): TaxableLine {
  const unit = { minor: unitMinor, micros: 0 };
  return {
    amountMinor: times(more.unit ?? unit, quantity),
    unit,
    quantity,
    isWhole: true,
    taxIncluded: false,
    basisPoints: 1_900,
    rounding: 'LINE',
    isExempt: false,
    ...more,
  };
}

/** Net, tax and gross in minor units. */
function parts(input: TaxableLine, currency = EUR): [number, number, number] {
  const { net, tax, gross } = taxLine(input, currency);
  expect([net.currency, tax.currency, gross.currency]).toEqual([currency, currency, currency]);
  return [net.minorUnits, tax.minorUnits, gross.minorUnits];
}

describe('the tax of a line', () => {
  /** Worked out by hand; the exact tax stands beside. */
  it.each<[string, TaxableLine, [net: number, tax: number, gross: number]]>([
    // 1.08 × 3 = 3.24; 0.19 × 3.24 = 0.6156
    ['net, by the line: (1.08 × 3) × 1.19', line(108, 3), [324, 62, 386]],
    // 0.19 × 1.08 = 0.2052 → 0.21; × 3
    ['net, by the unit: round(1.08 × 1.19) × 3', line(108, 3, { rounding: 'UNIT' }), [324, 63, 387]],
    // 59.97 × 19 ÷ 119 = 9.57504…
    ['gross, by the line', line(1_999, 3, { taxIncluded: true }), [5_039, 958, 5_997]],
    // 19.99 × 19 ÷ 119 = 3.19168… → 3.19; × 3 = 9.57
    ['gross, by the unit', line(1_999, 3, { taxIncluded: true, rounding: 'UNIT' }), [5_040, 957, 5_997]],
    // 0.99 × 10 × 19 ÷ 119 = 1.58067…
    ['gross, by the line, of small things', line(99, 10, { taxIncluded: true }), [832, 158, 990]],
    // 0.99 × 19 ÷ 119 = 0.158067 → 0.16; × 10
    ['gross, by the unit, of small things', line(99, 10, { taxIncluded: true, rounding: 'UNIT' }), [830, 160, 990]],
    ['no rate', line(1_000, 2, { basisPoints: 0 }), [2_000, 0, 2_000]],
    ['the whole again', line(1_000, 2, { basisPoints: 10_000 }), [2_000, 2_000, 4_000]],
    [
      'half of a gross amount at 100%',
      line(1_000, 2, { basisPoints: 10_000, taxIncluded: true }),
      [1_000, 1_000, 2_000],
    ],
    ['nothing', line(0, 5, { rounding: 'UNIT' }), [0, 0, 0]],
  ])('is, %s', (_, input, expected) => {
    expect(parts(input)).toEqual(expected);
  });

  it.each<[string, TaxableLine, [net: number, tax: number, gross: number]]>([
    // 0.50 × 5% = 0.025
    ['2.5 cents to 2', line(50, 1, { basisPoints: 500 }), [50, 2, 52]],
    // 0.70 × 5% = 0.035
    ['3.5 cents to 4', line(70, 1, { basisPoints: 500 }), [70, 4, 74]],
    // 0.50 × 5% → 0.02; × 3, while 1.50 × 5% = 0.075 → 0.08
    ['2.5 cents of each unit to 2', line(50, 3, { basisPoints: 500, rounding: 'UNIT' }), [150, 6, 156]],
    ['7.5 cents of the line to 8', line(50, 3, { basisPoints: 500 }), [150, 8, 158]],
    // 0.05 gross at 100%: 0.025
    ['2.5 cents contained to 2', line(5, 1, { basisPoints: 10_000, taxIncluded: true }), [3, 2, 5]],
    ['3.5 cents contained to 4', line(7, 1, { basisPoints: 10_000, taxIncluded: true }), [3, 4, 7]],
  ])('rounds halves to even: %s', (_, input, expected) => {
    expect(parts(input)).toEqual(expected);
  });

  it.each<[string, string, TaxableLine, [net: number, tax: number, gross: number]]>([
    // 1,980 yen × 10 ÷ 110 = 180
    [
      'yen without places, gross',
      'JPY',
      line(1_980, 1, { basisPoints: 1_000, taxIncluded: true }),
      [1_800, 180, 1_980],
    ],
    // 105 × 10% = 10.5 → 10
    ['yen without places, net, a half', 'JPY', line(105, 1, { basisPoints: 1_000 }), [105, 10, 115]],
    // 115 × 10% = 11.5 → 12; × 2
    ['yen by the unit', 'JPY', line(115, 2, { basisPoints: 1_000, rounding: 'UNIT' }), [230, 24, 254]],
    // 1.250 dinars × 5% = 0.0625 → 0.062
    ['dinars of three places, a half', 'KWD', line(1_250, 1, { basisPoints: 500 }), [1_250, 62, 1_312]],
    // 1.350 × 5 ÷ 105 = 0.064285…; × 4
    [
      'dinars by the unit, gross',
      'KWD',
      line(1_350, 4, { basisPoints: 500, taxIncluded: true, rounding: 'UNIT' }),
      [5_144, 256, 5_400],
    ],
  ])('is in the smallest unit of the currency: %s', (_, currency, input, expected) => {
    expect(parts(input, currency)).toEqual(expected);
  });

  it.each<[string, TaxableLine, [net: number, tax: number, gross: number]]>([
    // Who is exempt pays 11.90 − 1.90 for what costs others 11.90.
    ['a gross price gives its net', line(1_190, 1, { taxIncluded: true }), [1_000, 0, 1_000]],
    // 59.97 − 9.58 = 50.39, as much as others pay net.
    ['a gross line gives its net', line(1_999, 3, { taxIncluded: true }), [5_039, 0, 5_039]],
    // By the unit others pay 8.30 net.
    ['a gross line by the unit gives that net', line(99, 10, { taxIncluded: true, rounding: 'UNIT' }), [830, 0, 830]],
    ['a net price stays', line(108, 3), [324, 0, 324]],
    ['a net price by the unit stays', line(108, 3, { rounding: 'UNIT' }), [324, 0, 324]],
    ['a gross price at no rate stays', line(1_190, 1, { taxIncluded: true, basisPoints: 0 }), [1_190, 0, 1_190]],
  ])('is nothing for who is exempt: %s', (_, input, expected) => {
    expect(parts({ ...input, isExempt: true })).toEqual(expected);
  });

  it('is that of the whole line once a discount on the line ended that it is so many units', () => {
    // 3.24 − 0.30 = 2.94; × 19% = 0.5586
    const discounted = line(108, 3, { rounding: 'UNIT', isWhole: false, amountMinor: 294 });
    expect(parts(discounted)).toEqual([294, 56, 350]);
  });

  it('is that of the whole line for a price finer than the smallest unit, whose tax nobody could pay', () => {
    // 1,000 screws at 1.2345 cents: 12.345 → 12.34, × 19% = 2.3446. By the unit it would be 0.2 cents, so nothing.
    const screws = { minor: 1, micros: 234_500 };
    expect(parts(line(1, 1_000, { unit: screws, rounding: 'UNIT' }))).toEqual([1_234, 234, 1_468]);
  });
});

describe('for any line', () => {
  const anyLine = fc.record({
    unitMinor: fc.integer({ min: 0, max: 100_000_000 }),
    micros: fc.constantFrom(0, 0, 0, 1, 500_000, 999_999),
    quantity: fc.integer({ min: 1, max: 10_000 }),
    basisPoints: fc.integer({ min: 0, max: 10_000 }),
    taxIncluded: fc.boolean(),
    rounding: fc.constantFrom('LINE' as const, 'UNIT' as const),
    isExempt: fc.boolean(),
  });
  type AnyLine = typeof anyLine extends fc.Arbitrary<infer Value> ? Value : never;
  const toLine = ({ unitMinor, micros, quantity, ...more }: AnyLine) =>
    line(unitMinor, quantity, { ...more, unit: { minor: unitMinor, micros } });

  it('net and tax are the gross amount, and none is negative', () => {
    fc.assert(
      fc.property(anyLine, (given) => {
        const [net, tax, gross] = parts(toLine(given));
        expect(net + tax).toBe(gross);
        expect(Math.min(net, tax, gross)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 81, numRuns: 1_000 },
    );
  });

  it('the amount is the net or the gross of the answer, unless an exemption took the tax out of it', () => {
    fc.assert(
      fc.property(anyLine, (given) => {
        const input = toLine({ ...given, isExempt: false });
        const [net, , gross] = parts(input);
        expect(given.taxIncluded ? gross : net).toBe(input.amountMinor);
        expect(parts({ ...input, isExempt: true })).toEqual([net, 0, net]);
      }),
      { seed: 82, numRuns: 1_000 },
    );
  });

  it('one unit is taxed alike by the unit and by the line', () => {
    fc.assert(
      fc.property(anyLine, (given) => {
        const one = toLine({ ...given, quantity: 1 });
        expect(parts({ ...one, rounding: 'UNIT' })).toEqual(parts({ ...one, rounding: 'LINE' }));
      }),
      { seed: 83, numRuns: 1_000 },
    );
  });

  it('a dearer unit, or more of them, never has less net, tax or gross', () => {
    fc.assert(
      fc.property(anyLine, fc.nat(1_000), fc.nat(100), (given, dearer, more) => {
        const low = parts(toLine(given));
        const high = parts(toLine({ ...given, unitMinor: given.unitMinor + dearer, quantity: given.quantity + more }));
        for (const [index, amount] of low.entries()) expect(high[index]).toBeGreaterThanOrEqual(amount);
      }),
      { seed: 84, numRuns: 1_000 },
    );
  });

  it('the tax is within half a unit of the exact one, for each rounding that is done', () => {
    fc.assert(
      fc.property(anyLine, (given) => {
        const input = toLine({ ...given, isExempt: false });
        const [, tax] = parts(input);
        const { amountMinor, basisPoints, taxIncluded, rounding, unit, quantity } = input;
        const roundings = rounding === 'UNIT' && unit.micros === 0 ? BigInt(quantity) : 1n;
        const divisor = taxIncluded ? 10_000n + BigInt(basisPoints) : 10_000n;
        const apart = BigInt(tax) * divisor - BigInt(amountMinor) * BigInt(basisPoints);
        expect((apart < 0n ? -apart : apart) * 2n <= divisor * roundings).toBe(true);
      }),
      { seed: 85, numRuns: 1_000 },
    );
  });
});
