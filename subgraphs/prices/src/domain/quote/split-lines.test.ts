import { money } from '@kontor/kit/src/money.ts';
import { describe, expect, test } from 'vitest';
import type { QuotedVariant } from './quote.ts';
import { splitLines } from './split-lines.ts';

const taxed = (net: number, tax: number) => ({
  net: money(net, 'EUR'),
  tax: money(tax, 'EUR'),
  gross: money(net + tax, 'EUR'),
});
const variant: QuotedVariant = {
  variantId: 'mug',
  quantity: 3,
  unit: taxed(84, 16),
  listUnit: taxed(84, 16),
  listTotal: taxed(252, 48),
  total: taxed(168, 32),
  discounts: [{ promotionId: 'three-for-two', grossMinor: 100 }],
  taxRateBasisPoints: 1900,
  priceListCode: 'base-eur',
  tierMinQuantity: 3,
};
const line = (lineId: string, quantity: number, variantId = 'mug') => ({ lineId, variantId, quantity });

describe('splitLines', () => {
  test('gives a single line all of its variant', () => {
    const { variantId: _, quantity: __, ...price } = variant;
    expect(splitLines([line('a', 3)], { variants: [variant] })).toEqual([{ ...line('a', 3), price }]);
  });

  test('gives each of several lines the difference that it makes, so that they sum to the variant', () => {
    const lines = splitLines([line('a', 1), line('b', 1), line('c', 1)], { variants: [variant] });
    expect(lines.map(({ price }) => [price!.total.net.minorUnits, price!.total.tax.minorUnits])).toEqual([
      [56, 11],
      [56, 10],
      [56, 11],
    ]);
    expect(lines.map(({ price }) => price!.discounts[0]!.grossMinor)).toEqual([33, 34, 33]);
  });

  test('leaves out discounts that are nothing on a line', () => {
    const small = { ...variant, discounts: [{ promotionId: 'cent', grossMinor: 1 }] };
    const lines = splitLines([line('a', 1), line('b', 2)], { variants: [small] });
    expect(lines.map(({ price }) => price!.discounts)).toEqual([[], [{ promotionId: 'cent', grossMinor: 1 }]]);
  });

  test('has no price for a variant that none was quoted for', () => {
    expect(splitLines([line('a', 1, 'constructor')], { variants: [variant] })[0]?.price).toBeNull();
  });
});
