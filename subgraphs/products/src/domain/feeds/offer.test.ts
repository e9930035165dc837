import { expect, test } from 'vitest';
import { priceBounds } from './offer.ts';

const price = (currency: string, grossMinor: number) => ({ variantId: 'v', currency, grossMinor });

test('bounds prices by currency, and none where there is no price', () => {
  expect(priceBounds([price('USD', 5), price('EUR', 300), price('EUR', 0), price('EUR', 200)])).toEqual([
    { currency: 'EUR', minMinor: 0, maxMinor: 300 },
    { currency: 'USD', minMinor: 5, maxMinor: 5 },
  ]);
  expect(priceBounds([])).toEqual([]);
});
