import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriceList } from './price-list.ts';
import { MAX_AMOUNT_MINOR } from './price-change.ts';
import { priceRange, unitPrice, type UnitPrice } from './unit-price.ts';

const context = { channel: 'web', currency: 'EUR', country: 'DE', taxRateBasisPoints: 1900, isSold: true };
const list = (taxIncluded: boolean): PriceList => ({
  id: 'id',
  code: 'base-eur',
  scope: 'BASE',
  channel: null,
  currency: 'EUR',
  taxIncluded,
  revision: 1,
});
const price = (amountMinor: number, compareAtMinor: number | null, taxIncluded: boolean): UnitPrice =>
  unitPrice([{ list: list(taxIncluded), amountMinor, compareAtMinor }], context)!;

describe('unitPrice', () => {
  test('takes the amount of a list with tax for gross, of a list without for net', () => {
    expect(price(11_900, null, true)).toMatchObject({
      net: { minorUnits: 10_000, currency: 'EUR' },
      tax: { minorUnits: 1_900 },
      gross: { minorUnits: 11_900 },
    });
    expect(price(10_000, null, false).gross.minorUnits).toBe(11_900);
  });

  test('tells a former price as gross, and only when it is higher', () => {
    expect(price(10_000, 20_000, false).compareAt).toEqual({ minorUnits: 23_800, currency: 'EUR' });
    expect(price(10_000, 10_000, true).compareAt).toBeNull();
    expect(price(10_000, 9_000, true).compareAt).toBeNull();
  });

  test('has no tax where the country has no rate', () => {
    const untaxed = unitPrice([{ list: list(false), amountMinor: 100, compareAtMinor: null }], {
      ...context,
      taxRateBasisPoints: 0,
    });
    expect(untaxed).toMatchObject({ net: { minorUnits: 100 }, tax: { minorUnits: 0 }, gross: { minorUnits: 100 } });
  });

  test('always has net + tax = gross, none negative', () => {
    const amount = fc.integer({ min: 0, max: MAX_AMOUNT_MINOR });
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 10_000 }), fc.boolean(), (amountMinor, rate, taxIncluded) => {
        const { net, tax, gross } = unitPrice([{ list: list(taxIncluded), amountMinor, compareAtMinor: null }], {
          ...context,
          taxRateBasisPoints: rate,
        })!;
        expect(net.minorUnits + tax.minorUnits).toBe(gross.minorUnits);
        expect(Math.min(net.minorUnits, tax.minorUnits)).toBeGreaterThanOrEqual(0);
        expect(taxIncluded ? gross.minorUnits : net.minorUnits).toBe(amountMinor);
      }),
    );
  });
});

describe('priceRange', () => {
  test('spans the prices that are there by gross, whatever their lists include', () => {
    const low = price(100, null, true);
    const high = price(100, null, false);
    expect(priceRange([high, null, low])).toEqual({ min: low, max: high });
    expect(priceRange([null])).toBeNull();
    expect(priceRange([])).toBeNull();
  });
});
