import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPrecise, parsePrecise } from './precise-text.ts';

describe('formatPrecise and parsePrecise', () => {
  test.each([
    [1_990, 0, 'EUR', '19.90'],
    [1, 234_567, 'EUR', '0.01234567'],
    [0, 500_000, 'EUR', '0.005'],
    [12, 500_000, 'JPY', '12.5'],
    [12, 0, 'JPY', '12'],
    [1_234, 100_000, 'KWD', '1.2341'],
  ])('%i and %i millionths of %s are %s', (minor, micros, currency, text) => {
    expect(formatPrecise({ minor, micros }, currency)).toBe(text);
    expect(parsePrecise(text, currency)).toEqual({ minor, micros });
  });

  test.each([
    ['-1'],
    ['1,000.00'],
    ['1.'],
    ['.5'],
    [''],
    ['1e3'],
    ['0.000000001'],
    ['99999999999999999'],
    ['9999999999999999.00'],
  ])('reads nothing from %j', (text) => {
    expect(parsePrecise(text, 'EUR')).toBeNull();
  });

  test('reads zeros behind what is exact, and spaces around', () => {
    expect(parsePrecise(' 1.500000000000 ', 'EUR')).toEqual({ minor: 150, micros: 0 });
  });

  test('gives back every amount', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 31 - 1),
        fc.nat(999_999),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        (minor, micros, currency) => {
          expect(parsePrecise(formatPrecise({ minor, micros }, currency), currency)).toEqual({ minor, micros });
        },
      ),
      { seed: 5 },
    );
  });
});
