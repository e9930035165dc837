import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertMeasure, dimensionOf, unitsOf, type Dimension } from './measure-units.ts';

const DIMENSIONS: readonly Dimension[] = [
  'mass',
  'length',
  'area',
  'volume',
  'time',
  'power',
  'energy',
  'voltage',
  'current',
  'capacity',
  'frequency',
  'pressure',
  'temperature',
  'data',
];

describe('convertMeasure', () => {
  it.each([
    [1, 'lb', 'g', 453.59237],
    [1, 'oz', 'g', 28.349523125],
    [16, 'oz', 'lb', 1],
    [0.1, 'kg', 'g', 100],
    [1.1, 'm', 'cm', 110],
    [4.35, 'm', 'mm', 4350],
    [1, 'in', 'cm', 2.54],
    [12, 'in', 'ft', 1],
    [3, 'ft', 'yd', 1],
    [1, 'ft2', 'm2', 0.09290304],
    [1, 'fl_oz', 'ml', 29.5735295625],
    [128, 'fl_oz', 'gal', 1],
    [90, 'min', 'h', 1.5],
    [1, 'd', 's', 86_400],
    [0.29, 'kW', 'W', 290],
    [5, 'Ah', 'mAh', 5_000],
    [0, '°C', 'K', 273.15],
    [20, '°C', '°F', 68],
    [-40, '°F', '°C', -40],
    [98.6, '°F', '°C', 37],
    [-459.67, '°F', 'K', 0],
    [1, 'kcal', 'J', 4_184],
    [1, 'TB', 'GB', 1_000],
    [1, 'psi', 'Pa', 6_894.757293168362],
    [-0, 'kg', 'g', 0],
  ])('makes of %f %s in %s the nearest number, %f', (value, from, to, expected) => {
    expect(convertMeasure(value, from, to)).toBe(expected);
  });

  it('gives back every value of at most 15 digits that went to another unit', () => {
    const units = fc
      .constantFrom(...DIMENSIONS.filter((dimension) => dimension !== 'temperature'))
      .chain((dimension) => fc.tuple(fc.constantFrom(...unitsOf(dimension)), fc.constantFrom(...unitsOf(dimension))));
    const values = fc
      .tuple(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), fc.integer({ min: -12, max: 1 }))
      .map(([digits, exponent]) => Number(`${digits}e${exponent}`));
    fc.assert(
      fc.property(values, units, (value, [from, to]) => {
        expect(convertMeasure(convertMeasure(value, from, to), to, from)).toBe(value + 0);
      }),
      { seed: 1, numRuns: 3_000 },
    );
  });

  it('gives back temperatures with up to 8 decimals', () => {
    const unit = fc.constantFrom(...unitsOf('temperature'));
    const values = fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((digits) => Number(`${digits}e-8`));
    fc.assert(
      fc.property(values, unit, unit, (value, from, to) => {
        expect(convertMeasure(convertMeasure(value, from, to), to, from)).toBe(value + 0);
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it('keeps every value in its own unit, also those with more digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(convertMeasure(value, 'oz', 'oz')).toBe(value);
      }),
      { seed: 3 },
    );
  });

  it.each([
    ['g', 'cm'],
    ['g', 'stone'],
    ['constructor', 'g'],
    ['__proto__', '__proto__'],
    ['', ''],
  ])('throws when "%s" and "%s" are not of one dimension', (from, to) => {
    expect(() => convertMeasure(1, from, to)).toThrow(RangeError);
  });
});

describe('dimensionOf', () => {
  it('knows the dimension of every unit, and of nothing else', () => {
    for (const dimension of DIMENSIONS)
      for (const unit of unitsOf(dimension)) expect(dimensionOf(unit)).toBe(dimension);
    expect(['', 'G', 'constructor', '__proto__', 'toString'].map(dimensionOf)).toEqual([null, null, null, null, null]);
  });
});
