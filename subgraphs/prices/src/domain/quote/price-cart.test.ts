import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  linesOf,
  named,
  pieces,
  quantity,
  ruleOf,
  surroundings,
  unitEffect,
  VARIANTS,
} from '../../testing/cart-arbitraries.ts';
import { givenCart } from '../../testing/given-cart.ts';
import { unitPriceOf } from '../unit-price.ts';
import { quoteCart } from './price-cart.ts';
import type { CartQuote } from './quote.ts';
import { splitLines } from './split-lines.ts';

const RUNS = { seed: 20_260_505, numRuns: 400 };

type Taxed = CartQuote['total'];
const parts = ({ net, tax, gross }: Taxed) => [net.minorUnits, tax.minorUnits, gross.minorUnits] as const;
const sum = (amounts: readonly Taxed[]) =>
  amounts.map(parts).reduce(([a, b, c], [net, tax, gross]) => [a + net, b + tax, c + gross], [0, 0, 0]);

describe('quoteCart, whatever is in the cart and given for it', () => {
  test('lines and shipping sum to the total, discounts to what lies between, and nothing is negative', () => {
    fc.assert(
      fc.property(pieces, surroundings, (pairs, around) => {
        const lines = linesOf(pairs);
        const quote = quoteCart(givenCart({ ...around, cart: lines }))!;
        const split = splitLines(lines, quote).flatMap(({ price }) => price ?? []);
        expect(sum(split.map(({ total }) => total))).toEqual(parts(quote.goodsTotal));
        expect(sum(split.map(({ listTotal }) => listTotal))).toEqual(parts(quote.listTotal));
        expect(sum([quote.goodsTotal, ...(quote.shipping ? [quote.shipping.total] : [])])).toEqual(parts(quote.total));

        const amounts = [...split, ...quote.variants].flatMap(({ unit, listUnit, total, listTotal }) => [
          ...[unit, listUnit, total, listTotal],
        ]);
        for (const each of [...amounts, ...quote.shippingOptions.map(({ total }) => total), quote.total]) {
          const [net, tax, gross] = parts(each);
          expect(net + tax).toBe(gross);
          expect(Math.min(net, tax)).toBeGreaterThanOrEqual(0);
        }
        for (const { listTotal, total, discounts } of quote.variants) {
          const saved = discounts.reduce((all, { grossMinor }) => all + grossMinor, 0);
          expect(listTotal.gross.minorUnits - saved).toBe(total.gross.minorUnits);
          expect(discounts.every(({ grossMinor }) => grossMinor > 0)).toBe(true);
        }
        const shippingSaved = quote.shipping
          ? quote.shipping.listTotal.gross.minorUnits - quote.shipping.total.gross.minorUnits
          : 0;
        const saved = quote.promotions.reduce((all, { grossMinor }) => all + grossMinor, 0);
        expect(saved).toBe(quote.listTotal.gross.minorUnits - quote.goodsTotal.gross.minorUnits + shippingSaved);
        for (const { promotionId } of split.flatMap(({ discounts }) => discounts))
          expect(quote.promotions.some((promotion) => promotion.promotionId === promotionId)).toBe(true);
      }),
      RUNS,
    );
  });

  test('the order of the lines does not matter', () => {
    const shuffled = pieces.chain((pairs) =>
      fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
    );
    fc.assert(
      fc.property(shuffled, surroundings, ([pairs, others], around) => {
        const quote = quoteCart(givenCart({ ...around, cart: linesOf(pairs) }));
        expect(quoteCart(givenCart({ ...around, cart: linesOf(others) }))).toEqual(quote);
      }),
      RUNS,
    );
  });

  test('splitting a line changes nothing: neither the variant, nor the total, nor any discount', () => {
    const split = fc.array(fc.tuple(fc.constantFrom(...VARIANTS), fc.array(quantity, { minLength: 1, maxLength: 4 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(split, surroundings, (variants, around) => {
        const many = variants.flatMap(([id, quantities]) => quantities.map((each) => [id, each] as const));
        const merged = new Map<string, number>();
        for (const [id, each] of many) merged.set(id, (merged.get(id) ?? 0) + each);
        const quote = quoteCart(givenCart({ ...around, cart: linesOf([...merged]) }));
        expect(quoteCart(givenCart({ ...around, cart: linesOf(many) }))).toEqual(quote);
      }),
      RUNS,
    );
  });

  test('every way of sending costs what it costs when it is asked for', () => {
    fc.assert(
      fc.property(pieces, surroundings, (pairs, around) => {
        const cart = { ...around, cart: linesOf(pairs), isPickup: false };
        for (const { code, total } of quoteCart(givenCart(cart))!.shippingOptions) {
          const { shipping: chosen } = quoteCart(givenCart({ ...cart, shippingOptionCode: code }))!;
          expect([chosen?.optionCode, chosen?.total]).toEqual([code, total]);
        }
      }),
      RUNS,
    );
  });

  test('promotions never make goods dearer, nor change what they cost by the list', () => {
    fc.assert(
      fc.property(pieces, surroundings, (pairs, around) => {
        // By the unit a discount on the line changes how tax is rounded, which may be for or against the shopper.
        const cart = { ...around, cart: linesOf(pairs), rounding: 'LINE' as const };
        const quote = quoteCart(givenCart(cart))!;
        const without = quoteCart(givenCart({ ...cart, promotions: [] }))!;
        expect(quote.goodsTotal.gross.minorUnits).toBeLessThanOrEqual(without.goodsTotal.gross.minorUnits);
        const listed = ({ variants }: CartQuote) =>
          variants.map(({ variantId, listUnit, listTotal }) => [variantId, listUnit.gross, listTotal.gross]);
        expect(listed(quote)).toEqual(listed(without));
      }),
      RUNS,
    );
  });

  test('one variant alone costs what its page says for the quantity, promotions of the unit included', () => {
    const rules = fc.array(ruleOf(unitEffect), { maxLength: 5 }).map(named);
    fc.assert(
      fc.property(
        fc.constantFrom('a', 'b', 'c', 'd'),
        quantity,
        rules,
        surroundings,
        (id, many, promotions, around) => {
          const cart = givenCart({
            ...around,
            promotions,
            codes: [],
            cart: [{ lineId: '1', variantId: id, quantity: many }],
          });
          const engine = { ...cart.engine, revision: 1, ancestorsOf: () => [] };
          const page = unitPriceOf(
            { ...cart, taxTable: { rates: [], rounding: 'LINE' }, engine },
            id,
            many,
            cart.taxes,
          );
          const quote = quoteCart(cart)!;
          const [variant] = quote.variants;
          const price = page && { net: page.net, tax: page.tax, gross: page.gross };
          expect([price, page?.listPrice, page?.tierMinQuantity]).toEqual([
            variant?.unit ?? null,
            variant?.listUnit,
            variant?.tierMinQuantity,
          ]);
        },
      ),
      RUNS,
    );
  });
});
