import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideHalfEven, formatAmount, parseAmount, sumTaxed, withTax } from './money.ts';

describe('divideHalfEven', () => {
  it.each([
    [5n, 10n, 0n],
    [15n, 10n, 2n],
    [25n, 10n, 2n],
    [-5n, 10n, 0n],
    [-15n, 10n, -2n],
    [26n, 10n, 3n],
    [-26n, 10n, -3n],
  ])('rounds %s / %s to %s', (dividend, divisor, expected) => {
    expect(divideHalfEven(dividend, divisor)).toBe(expected);
  });
});

describe('withTax', () => {
  it('takes the tax out of a gross amount and adds it to a net one', () => {
    expect(withTax(11_900, 'EUR', 1900, true)).toEqual({
      net: { minorUnits: 10_000, currency: 'EUR' },
      tax: { minorUnits: 1900, currency: 'EUR' },
      gross: { minorUnits: 11_900, currency: 'EUR' },
    });
    expect(withTax(10_000, 'EUR', 1900, false).gross.minorUnits).toBe(11_900);
  });

  it('taxes a line of 3 × 1.08 at 19% to 3.86', () => {
    expect(withTax(324, 'EUR', 1900, false).gross.minorUnits).toBe(386);
  });

  it('always has net + tax = gross, and keeps the amount that it was given', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.boolean(),
        (amount, rate, included) => {
          const { net, tax, gross } = withTax(amount, 'EUR', rate, included);
          expect(net.minorUnits + tax.minorUnits).toBe(gross.minorUnits);
          expect(included ? gross.minorUnits : net.minorUnits).toBe(amount);
        },
      ),
    );
  });
});

it('sums amounts with their tax', () => {
  expect(sumTaxed([withTax(100, 'EUR', 1900, false), withTax(200, 'EUR', 700, false)], 'EUR')).toEqual({
    net: { minorUnits: 300, currency: 'EUR' },
    tax: { minorUnits: 33, currency: 'EUR' },
    gross: { minorUnits: 333, currency: 'EUR' },
  });
});

describe('parseAmount', () => {
  it.each([
    ['19.99', 'EUR', 1999],
    ['1,234.5', 'USD', 123_450],
    ['1200', 'JPY', 1200],
    ['1200.00', 'JPY', 1200],
    ['-3.10', 'EUR', -310],
    ['1.234', 'KWD', 1234],
  ])('reads %s %s as %i', (text, currency, expected) => {
    expect(parseAmount(text, currency)).toBe(expected);
  });

  it.each(['', 'free', '1.999', '1,23,4', '99999999999999999999', '1e3', '$5'])('refuses "%s"', (text) => {
    expect(parseAmount(text, 'EUR')).toBeNull();
  });
});

describe('formatAmount', () => {
  it.each([
    [1990, 'EUR', '19.90'],
    [5, 'EUR', '0.05'],
    [-105, 'USD', '-1.05'],
    [1990, 'JPY', '1990'],
    [1990, 'KWD', '1.990'],
  ])('writes %i %s as %s', (minorUnits, currency, text) => expect(formatAmount({ minorUnits, currency })).toBe(text));

  it('writes what parseAmount reads', () =>
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom('EUR', 'JPY', 'BHD'),
        (minorUnits, currency) => parseAmount(formatAmount({ minorUnits, currency }), currency) === minorUnits,
      ),
    ));
});
