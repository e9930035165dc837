import { describe, expect, it } from 'vitest';
import { createTableTaxes } from './table-taxes.ts';
import { taxRates } from './tax-rates.ts';
import type { TaxRate, TaxTable } from './tax-provider.ts';

const rate = (region: string, taxCategory: string, basisPoints: number, country = 'ES'): TaxRate => ({
  country,
  region,
  taxCategory,
  basisPoints,
});

/** Spain with its reduced rates, and the Canary Islands with a law of their own. */
const SPAIN: TaxTable = {
  rounding: 'LINE',
  rates: [
    rate('', 'standard', 2_100),
    rate('', 'books', 400),
    rate('', 'food', 1_000),
    rate('CN', 'standard', 700),
    rate('CN', 'food', 0),
    rate('ML', 'food', 50),
  ],
};

describe('the rate of goods in a place', () => {
  it.each<[string, string | null, string, number]>([
    ['the standard one of the country', null, 'standard', 2_100],
    ['that of the category in the country', null, 'books', 400],
    ['the standard one for a category that nothing is said of', null, 'toys', 2_100],
    ['that of the region before that of the country', 'CN', 'standard', 700],
    ['that of the category in the region, also when it is nothing', 'CN', 'food', 0],
    ['the standard one of the region before the category of the country', 'CN', 'books', 700],
    ['that of the country where the region says nothing of such goods', 'ML', 'books', 400],
    ['that of the category where the region knows that alone', 'ML', 'food', 50],
    ['that of the country in a region without a rate', 'GA', 'food', 1_000],
    ['that of the region, however it is written', 'cn', 'toys', 700],
  ])('is %s', (_, region, category, expected) => {
    expect(taxRates(SPAIN, { country: 'ES', region }).basisPointsOf(category)).toBe(expected);
  });

  it('is nothing where no table says anything', () => {
    const { basisPointsOf } = taxRates({ rates: [], rounding: 'UNIT' }, { country: 'ES', region: null });
    expect([basisPointsOf('standard'), basisPointsOf('books')]).toEqual([0, 0]);
  });

  it('is nothing for goods outside of the one category that is known', () => {
    const table: TaxTable = { rates: [rate('', 'books', 400)], rounding: 'LINE' };
    const { basisPointsOf } = taxRates(table, { country: 'ES', region: null });
    expect([basisPointsOf('books'), basisPointsOf('standard')]).toEqual([400, 0]);
  });

  it('is not that of another country', () => {
    const table: TaxTable = {
      rates: [rate('', 'standard', 2_300, 'PT'), rate('CN', 'standard', 2_200, 'PT')],
      rounding: 'LINE',
    };
    expect(taxRates(table, { country: 'ES', region: 'CN' }).basisPointsOf('standard')).toBe(0);
  });

  it('is that of the table for names that objects have of their own', () => {
    const { basisPointsOf } = taxRates(SPAIN, { country: 'ES', region: '__proto__' });
    expect(['__proto__', 'constructor'].map(basisPointsOf)).toEqual([2_100, 2_100]);
  });
});

describe('our own tables as a provider', () => {
  it('answer at once, for every category, with the rounding of the country', () => {
    const rates = createTableTaxes().rates({ country: 'ES', region: 'CN' }, ['standard'], {
      ...SPAIN,
      rounding: 'UNIT',
    });
    if (rates instanceof Promise) throw new Error('waited for');
    expect([rates.rounding, rates.basisPointsOf('standard'), rates.basisPointsOf('food')]).toEqual(['UNIT', 700, 0]);
  });
});
