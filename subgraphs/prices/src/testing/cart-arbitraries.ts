import fc from 'fast-check';
import type { GoodsTarget, PromotionClass, PromotionEffect } from '../domain/promotions/promotion.ts';
import type { CartLine } from '../domain/quote/quote.ts';
import { everything, type GivenCart, type GivenRule } from './given-cart.ts';

/** Variants of which all but the last have a price. */
export const VARIANTS = ['a', 'b', 'c', 'd', 'unpriced'];
export const quantity = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
  fc.integer({ min: 1, max: 10_000 }),
);
/** Variants and quantities, a line each. */
export const pieces = fc.array(fc.tuple(fc.constantFrom(...VARIANTS), quantity), { maxLength: 12 });
export const linesOf = (pairs: readonly (readonly [string, number])[]): CartLine[] =>
  pairs.map(([variantId, each], index) => ({ lineId: String(index), variantId, quantity: each }));

const amount = fc.oneof(
  fc.integer({ min: 0, max: 3_000 }),
  fc.record({ minor: fc.integer({ min: 0, max: 500 }), micros: fc.integer({ min: 0, max: 999_999 }) }),
);
const tiers = fc.dictionary(fc.constantFrom('1', '3', '10'), amount, { minKeys: 1 });
const lists = fc
  .tuple(...['a', 'b', 'c', 'd'].map((id) => fc.tuple(fc.constant(id), fc.boolean(), tiers)))
  .map((prices): GivenCart['lists'] => {
    const of = (taxIncluded: boolean) =>
      Object.fromEntries(prices.filter(([, isGross]) => isGross === taxIncluded).map(([id, , held]) => [id, held]));
    return { gross: { taxIncluded: true, prices: of(true) }, net: { taxIncluded: false, prices: of(false) } };
  });

const target: fc.Arbitrary<GoodsTarget> = fc.oneof(
  fc.constant(everything),
  fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
    .map((variantIds) => ({ ...everything, variantIds })),
);
const share = fc.integer({ min: 1, max: 10_000 });
const off = fc.integer({ min: 1, max: 2_000 }).map((EUR) => ({ EUR }));
const times = fc.option(fc.integer({ min: 1, max: 5 }));
const units = fc.integer({ min: 1, max: 3 });
/** Effects on the price of a unit. */
export const unitEffect: fc.Arbitrary<PromotionEffect> = fc.oneof(
  fc.record({ kind: fc.constant('PERCENT' as const), target, basisPoints: share }),
  fc.record({ kind: fc.constant('AMOUNT' as const), target, off }),
);
const effect: fc.Arbitrary<PromotionEffect> = fc.oneof(
  unitEffect,
  fc.record({
    kind: fc.constant('BUY_GET' as const),
    buy: target,
    buyQuantity: units,
    get: target,
    getQuantity: units,
    basisPoints: share,
    maxTimes: times,
  }),
  fc.record({
    kind: fc.constant('BUNDLE' as const),
    parts: fc.array(fc.record({ target, quantity: units }), { minLength: 1, maxLength: 3 }),
    price: off,
    maxTimes: times,
  }),
  fc.record({ kind: fc.constant('GIFT' as const), variantId: fc.constantFrom('a', 'b'), quantity: units }),
  fc.record({ kind: fc.constant('CART_PERCENT' as const), target, basisPoints: share }),
  fc.record({ kind: fc.constant('CART_AMOUNT' as const), target, off }),
  fc.record({ kind: fc.constant('FREE_SHIPPING' as const), optionCodes: fc.subarray(['parcel', 'express']) }),
);
/** A promotion with such effects. */
export const ruleOf = (effects: fc.Arbitrary<PromotionEffect>) =>
  fc.record({
    effect: effects,
    priority: fc.integer({ min: -1, max: 1 }),
    combinesWith: fc.subarray<PromotionClass>(['PRODUCT', 'ORDER', 'SHIPPING']),
    needsCode: fc.boolean(),
    conditions: fc.record({
      minQuantity: fc.option(fc.integer({ min: 1, max: 6 })),
      minSubtotal: fc.option(fc.integer({ min: 1, max: 9_000 }).map((EUR) => ({ EUR }))),
    }),
  });
export const named = (rules: readonly Omit<GivenRule, 'id'>[]): GivenRule[] =>
  rules.map((rule, index) => ({ ...rule, id: `p${index}` }));
const promotions = fc.array(ruleOf(effect), { maxLength: 6 }).map(named);

const zone = { countries: [], regions: [], postalPrefixes: [], basis: 'TOTAL' as const, maxGrams: null };
const option = (code: string) =>
  fc
    .record({ taxIncluded: fc.boolean(), dear: fc.integer({ min: 0, max: 2_000 }), free: fc.option(fc.nat(9_000)) })
    .map(({ taxIncluded, dear, free }) => ({
      code,
      taxIncluded,
      zones: [{ ...zone, brackets: [{ from: 0, amountMinor: dear }], freeFromMinor: free }],
    }));
const shipping = fc.tuple(option('parcel'), option('express'));

const rate = fc.integer({ min: 0, max: 2_700 });
/** Lists, promotions, shipping, taxes and whatever else decides what a cart costs. */
export const surroundings = fc.record({
  lists,
  promotions,
  shipping,
  rates: rate.map((basisPoints) => [{ country: 'DE', region: '', taxCategory: 'standard', basisPoints }]),
  rounding: fc.constantFrom('LINE' as const, 'UNIT' as const),
  isExempt: fc.boolean(),
  isPickup: fc.boolean(),
  shippingOptionCode: fc.constantFrom(null, 'parcel', 'express'),
  // The code of every promotion that needs one.
  codes: fc.constant(['P0', 'P1', 'P2', 'P3', 'P4', 'P5']),
  knownCodes: fc.constant(
    Object.fromEntries([0, 1, 2, 3, 4, 5].map((index) => [`P${index}`, { promotionId: `p${index}` }])),
  ),
});
