import { describe, expect, it } from 'vitest';
import { decideTaxRates, MAX_RATES_OF_COUNTRY, type KeptTaxRate, type TaxRateChange } from './decide-tax-rates.ts';

const change = (more: Partial<TaxRateChange> = {}): TaxRateChange => ({
  country: 'DE',
  region: '',
  taxCategory: 'standard',
  basisPoints: 1_900,
  expectedVersion: null,
  ...more,
});

const kept = (more: Partial<KeptTaxRate> = {}): KeptTaxRate => ({
  country: 'DE',
  region: '',
  taxCategory: 'standard',
  basisPoints: 1_900,
  version: 3,
  ...more,
});

/** `SET`, `UNCHANGED`, `REMOVED`, or the code of a rejection with its field. */
const outcomes = (...args: Parameters<typeof decideTaxRates>): string[] =>
  decideTaxRates(...args).map((decision) =>
    decision.status === 'REJECTED' ? `${decision.code} ${decision.field}` : decision.status,
  );

describe('a change of a tax rate', () => {
  it('is set when the rate is new or another, and leaves one that is so already alone', () => {
    const changes = [change(), change({ basisPoints: 0, taxCategory: 'books' }), change({ region: 'BY' })];
    expect(outcomes([kept(), kept({ taxCategory: 'books', basisPoints: 700 })], changes)).toEqual([
      'UNCHANGED',
      'SET',
      'SET',
    ]);
  });

  it('removes a rate, and leaves one that is not there alone', () => {
    expect(outcomes([kept()], [change({ basisPoints: null }), change({ country: 'AT', basisPoints: null })])).toEqual([
      'REMOVED',
      'UNCHANGED',
    ]);
  });

  it.each<[string, Partial<TaxRateChange>, string]>([
    ['more than all of it', { basisPoints: 10_001 }, 'INVALID_PERCENT basisPoints'],
    ['less than nothing', { basisPoints: -1 }, 'INVALID_PERCENT basisPoints'],
    ['a region of four letters', { region: 'CALI' }, 'INVALID_REGION region'],
    ['a region in small letters', { region: 'ca' }, 'INVALID_REGION region'],
    ['a category without letters', { taxCategory: '' }, 'INVALID_TAX_CATEGORY taxCategory'],
    ['a category with a slash', { taxCategory: 'a/b' }, 'INVALID_TAX_CATEGORY taxCategory'],
    ['a version that it never had', { expectedVersion: 2 }, 'VERSION_CONFLICT expectedVersion'],
    ['no version where there is one', { expectedVersion: 0 }, 'VERSION_CONFLICT expectedVersion'],
  ])('is rejected for %s, and others are kept', (_, broken, code) => {
    expect(outcomes([kept()], [change(broken), change({ country: 'AT', basisPoints: 2_000 })])).toEqual([code, 'SET']);
  });

  it('is taken at the version that was read, and with 0 for a rate that is not there', () => {
    const changes = [change({ basisPoints: 1_600, expectedVersion: 3 }), change({ country: 'AT', expectedVersion: 0 })];
    expect(outcomes([kept()], changes)).toEqual(['SET', 'SET']);
  });

  it('is rejected when the rate stands in the call before, unless that was rejected itself', () => {
    const changes = [change({ basisPoints: 20_000 }), change({ basisPoints: 1_600 }), change({ basisPoints: 700 })];
    expect(outcomes([], changes)).toEqual(['INVALID_PERCENT basisPoints', 'SET', 'DUPLICATE_RATE country']);
  });

  it('is rejected when its country has all the rates that there can be, until one is removed', () => {
    const full = Array.from({ length: MAX_RATES_OF_COUNTRY }, (_, index) => kept({ taxCategory: `c${index}` }));
    const more = change({ taxCategory: 'more' });
    const changes = [more, change({ taxCategory: 'c7', basisPoints: null }), { ...more, taxCategory: 'instead' }];
    expect(outcomes(full, changes)).toEqual(['TOO_MANY_RATES country', 'REMOVED', 'SET']);
  });
});
