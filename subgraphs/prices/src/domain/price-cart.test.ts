import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withTax } from '@kontor/kit/src/money.ts';
import { priceCart, type CartLine, type VariantAmount } from './price-cart.ts';

const amounts = (entries: Record<string, { amountMinor: number; taxIncluded: boolean }>) =>
  new Map<string, VariantAmount>(
    Object.entries(entries).map(([id, amount]) => [id, { ...amount, priceListCode: 'base-eur' }]),
  );
const line = (variantId: string, quantity: number): CartLine => ({
  lineId: `${variantId}-${quantity}`,
  variantId,
  quantity,
});
const price = (lines: CartLine[], prices: ReturnType<typeof amounts>, rate = 1900) =>
  priceCart(lines, { currency: 'EUR', taxRateBasisPoints: rate, amounts: prices });

describe('priceCart', () => {
  test('rounds the tax of a line once, not once per unit', () => {
    const cart = price([line('a', 3)], amounts({ a: { amountMinor: 108, taxIncluded: false } }));
    // (1.08 × 3) × 1.19 = 3.86, where round(1.08 × 1.19) × 3 would be 3.87.
    expect(cart?.total.gross.minorUnits).toBe(386);
    expect(cart?.lines[0]?.unit?.gross.minorUnits).toBe(129);
  });

  test('sums over the lines that have a price', () => {
    const cart = price([line('a', 2), line('b', 1)], amounts({ a: { amountMinor: 1000, taxIncluded: true } }));
    expect(cart?.lines[1]).toMatchObject({ lineId: 'b-1', unit: null, total: null, priceListCode: null });
    expect(cart?.total.gross.minorUnits).toBe(2000);
  });

  test('is null when an amount would not be exact any more', () => {
    const dear = amounts({ a: { amountMinor: 100_000_000_000, taxIncluded: false } });
    expect(price([line('a', 10_000)], dear)?.total.gross.minorUnits).toBe(1_190_000_000_000_000);
    expect(price(Array<CartLine>(500).fill(line('a', 10_000)), dear)).toBeNull();
    expect(price(Array<CartLine>(8).fill(line('a', 10_000)), dear)).toBeNull();
  });

  const variant = fc.constantFrom('a', 'b', 'c', 'unpriced');
  const lines = fc.array(fc.tuple(variant, fc.integer({ min: 1, max: 10_000 })), { maxLength: 20 });
  const amount = fc.record({ amountMinor: fc.integer({ min: 0, max: 10_000_000 }), taxIncluded: fc.boolean() });
  const rate = fc.integer({ min: 0, max: 10_000 });

  test('keeps net + tax = gross on every line and in the total, and the total is the sum of the lines', () => {
    fc.assert(
      fc.property(lines, fc.record({ a: amount, b: amount, c: amount }), rate, (pairs, prices, basisPoints) => {
        const cart = price(
          pairs.map(([id, quantity]) => line(id, quantity)),
          amounts(prices),
          basisPoints,
        )!;
        const totals = cart.lines.flatMap(({ total }) => total ?? []);
        for (const { net, tax, gross } of [...totals, cart.total]) {
          expect(net.minorUnits + tax.minorUnits).toBe(gross.minorUnits);
          expect(Math.min(net.minorUnits, tax.minorUnits)).toBeGreaterThanOrEqual(0);
        }
        expect(totals.reduce((sum, { gross }) => sum + gross.minorUnits, 0)).toBe(cart.total.gross.minorUnits);
        expect(totals.reduce((sum, { tax }) => sum + tax.minorUnits, 0)).toBe(cart.total.tax.minorUnits);
      }),
    );
  });

  test('costs the same however the quantity of a variant is spread over lines', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(parts, amount, rate, (quantities, held, basisPoints) => {
        const total = quantities.reduce((sum, quantity) => sum + quantity, 0);
        const cart = price(
          quantities.map((quantity) => line('a', quantity)),
          amounts({ a: held }),
          basisPoints,
        )!;
        expect(cart.total).toEqual(withTax(held.amountMinor * total, 'EUR', basisPoints, held.taxIncluded));
      }),
    );
  });
});
