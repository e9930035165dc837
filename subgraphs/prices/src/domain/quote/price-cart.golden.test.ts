import { formatAmount, money } from '@kontor/kit/src/money.ts';
import { describe, expect, test } from 'vitest';
import { everything, givenCart, type GivenCart } from '../../testing/given-cart.ts';
import type { PromotionEffect } from '../promotions/promotion.ts';
import { quoteCart } from './price-cart.ts';
import { splitLines } from './split-lines.ts';

/**
 * Whole carts, worked out by hand. Amounts are what the shopper pays, tax included, then what of it is net and what is tax. Germany taxes 19 %
 * (books 7 %), Austria 20 %, Japan 10 %, California 7.25 %.
 */
const SHOP: Partial<GivenCart> = {
  lists: {
    // Prices of the shop contain tax.
    retail: {
      taxIncluded: true,
      prices: { mug: 10_00, plate: { 1: 20_00, 5: 18_00, 10: 15_00 }, book: 10_70, sock: 5_00 },
    },
    // Those of the workshop do not. Wire costs 1.2345 cents.
    workshop: {
      taxIncluded: false,
      prices: { screw: 1_08, drill: 100_00, wire: { 1: { minor: 1, micros: 234_500 } } },
    },
    japan: { taxIncluded: true, currency: 'JPY', prices: { mug: 1500 } },
    usa: { taxIncluded: false, currency: 'USD', prices: { mug: 10_00 } },
  },
  facts: { book: { taxCategory: 'reduced' }, drill: { weightGrams: 3_000 } },
  rates: [
    { country: 'DE', region: '', taxCategory: 'standard', basisPoints: 1900 },
    { country: 'DE', region: '', taxCategory: 'reduced', basisPoints: 700 },
    { country: 'AT', region: '', taxCategory: 'standard', basisPoints: 2000 },
    { country: 'JP', region: '', taxCategory: 'standard', basisPoints: 1000 },
    { country: 'US', region: 'CA', taxCategory: 'standard', basisPoints: 725 },
  ],
};
const zone = { countries: ['DE'], regions: [], postalPrefixes: [], freeFromMinor: null, maxGrams: null };
const flat = (amountMinor: number) => ({ basis: 'FLAT' as const, brackets: [{ from: 0, amountMinor }] });
const PARCEL = {
  code: 'parcel',
  zones: [
    { ...zone, ...flat(4_90), freeFromMinor: 50_00 },
    { ...zone, ...flat(9_90), countries: ['AT'] },
  ],
};
const EXPRESS = { code: 'express', position: 1, zones: [{ ...zone, ...flat(12_00) }] };
const FREIGHT = {
  code: 'freight',
  zones: [
    {
      ...zone,
      basis: 'WEIGHT' as const,
      brackets: [
        { from: 0, amountMinor: 6_00 },
        { from: 5_000, amountMinor: 15_00 },
      ],
      maxGrams: 9_000,
    },
  ],
};

const percent = (share: number, ...variantIds: string[]): PromotionEffect => ({
  kind: 'PERCENT',
  target: { ...everything, variantIds },
  basisPoints: share * 100,
});
const off = (minor: number, ...variantIds: string[]): PromotionEffect => ({
  kind: 'AMOUNT',
  target: { ...everything, variantIds },
  off: { EUR: minor },
});
const orderPercent = (share: number): PromotionEffect => ({
  kind: 'CART_PERCENT',
  target: everything,
  basisPoints: share * 100,
});
const orderOff = (minor: number): PromotionEffect => ({ kind: 'CART_AMOUNT', target: everything, off: { EUR: minor } });
const only = (...variantIds: string[]) => ({ ...everything, variantIds });
const freeShipping: PromotionEffect = { kind: 'FREE_SHIPPING', optionCodes: [] };
const spring = { id: 'spring', effect: percent(10) };
const MAY5 = {
  promotions: [{ id: 'may', effect: orderOff(5_00), needsCode: true, conditions: { minSubtotal: { EUR: 50_00 } } }],
  knownCodes: { MAY5: { promotionId: 'may' } },
};

type Row = readonly [name: string, cart: string, given: Partial<GivenCart>, ...costs: string[]];

const ROWS: Record<string, readonly Row[]> = {
  'taxes and tiers': [
    ['price with tax', 'mug 2', {}, 'mug 2 × 10.00 = 20.00 (16.81 + 3.19)', 'total 20.00 (16.81 + 3.19)'],
    ['price without tax', 'drill 1', {}, 'drill 1 × 119.00 = 119.00 (100.00 + 19.00)', 'total 119.00 (100.00 + 19.00)'],
    ['tax rounded once a line', 'screw 3', {}, 'screw 3 × 1.29 = 3.86 (3.24 + 0.62)', 'total 3.86 (3.24 + 0.62)'],
    [
      'tax rounded on each unit',
      'screw 3',
      { rounding: 'UNIT' },
      'screw 3 × 1.29 = 3.87 (3.24 + 0.63)',
      'total 3.87 (3.24 + 0.63)',
    ],
    [
      'tax rounded on each unit, in a price with tax',
      'mug 3',
      { rounding: 'UNIT' },
      'mug 3 × 10.00 = 30.00 (25.20 + 4.80)',
      'total 30.00 (25.20 + 4.80)',
    ],
    [
      'prices with and without tax in one cart',
      'mug 1, screw 3',
      {},
      'mug 1 × 10.00 = 10.00 (8.40 + 1.60)',
      'screw 3 × 1.29 = 3.86 (3.24 + 0.62)',
      'total 13.86 (11.64 + 2.22)',
    ],
    [
      'a lower rate for books',
      'book 2, mug 1',
      {},
      'book 2 × 10.70 = 21.40 (20.00 + 1.40)',
      'mug 1 × 10.00 = 10.00 (8.40 + 1.60)',
      'total 31.40 (28.40 + 3.00)',
    ],
    ['another country', 'mug 1', { country: 'AT' }, 'mug 1 × 10.00 = 10.00 (8.33 + 1.67)', 'total 10.00 (8.33 + 1.67)'],
    [
      'a state with a tax of its own',
      'mug 1',
      { country: 'US', region: 'CA', currency: 'USD' },
      'mug 1 × 10.72 = 10.72 (10.00 + 0.72)',
      'total 10.72 (10.00 + 0.72)',
    ],
    [
      'a state without',
      'mug 1',
      { country: 'US', region: 'OR', currency: 'USD' },
      'mug 1 × 10.00 = 10.00 (10.00 + 0.00)',
      'total 10.00 (10.00 + 0.00)',
    ],
    [
      'a currency without cents',
      'mug 3',
      { country: 'JP', currency: 'JPY' },
      'mug 3 × 1500 = 4500 (4091 + 409)',
      'total 4500 (4091 + 409)',
    ],
    [
      'one too few for the tier',
      'plate 4',
      {},
      'plate 4 × 20.00 = 80.00 (67.23 + 12.77)',
      'total 80.00 (67.23 + 12.77)',
    ],
    [
      'a tier reached by two lines together',
      'plate 3, plate 2',
      {},
      'plate 3 × 18.00 = 54.00 (45.38 + 8.62)',
      'plate 2 × 18.00 = 36.00 (30.25 + 5.75)',
      'total 90.00 (75.63 + 14.37)',
    ],
    ['the highest tier', 'plate 10', {}, 'plate 10 × 15.00 = 150.00 (126.05 + 23.95)', 'total 150.00 (126.05 + 23.95)'],
    [
      'a price of fractions of a cent, rounded once',
      'wire 1000',
      {},
      'wire 1000 × 0.01 = 14.68 (12.34 + 2.34)',
      'total 14.68 (12.34 + 2.34)',
    ],
    [
      'goods that nobody prices',
      'ghost 1, mug 1',
      {},
      'ghost 1 has no price',
      'mug 1 × 10.00 = 10.00 (8.40 + 1.60)',
      'total 10.00 (8.40 + 1.60)',
    ],
  ],
  exemption: [
    [
      'a price with tax gives its net',
      'mug 2',
      { isExempt: true },
      'mug 2 × 8.40 = 16.81 (16.81 + 0.00)',
      'total 16.81 (16.81 + 0.00)',
    ],
    [
      'a price without tax stays, and shipping gives its net',
      'drill 1',
      { isExempt: true, shipping: [FREIGHT] },
      'drill 1 × 100.00 = 100.00 (100.00 + 0.00)',
      'shipping freight 5.04 (5.04 + 0.00)',
      'total 105.04 (105.04 + 0.00)',
    ],
    [
      'a discount is what lies between the net amounts',
      'mug 2',
      { isExempt: true, promotions: [spring] },
      'mug 2 × 8.40 → 7.56 = 15.13 (15.13 + 0.00), spring −1.68',
      'total 15.13 (15.13 + 0.00)',
    ],
  ],
  promotions: [
    [
      'ten percent off',
      'mug 2',
      { promotions: [spring] },
      'mug 2 × 10.00 → 9.00 = 18.00 (15.13 + 2.87), spring −2.00',
      'total 18.00 (15.13 + 2.87)',
    ],
    [
      'ten percent off a price without tax',
      'screw 3',
      { promotions: [spring] },
      'screw 3 × 1.29 → 1.15 = 3.46 (2.91 + 0.55), spring −0.40',
      'total 3.46 (2.91 + 0.55)',
    ],
    [
      'fifteen percent off yen',
      'mug 3',
      { country: 'JP', currency: 'JPY', promotions: [{ id: 'spring', effect: percent(15) }] },
      'mug 3 × 1500 → 1275 = 3825 (3477 + 348), spring −675',
      'total 3825 (3477 + 348)',
    ],
    [
      'an amount off each',
      'mug 2',
      { promotions: [{ id: 'spring', effect: off(1_50, 'mug') }] },
      'mug 2 × 10.00 → 8.50 = 17.00 (14.29 + 2.71), spring −3.00',
      'total 17.00 (14.29 + 2.71)',
    ],
    [
      'more off than it costs: nothing is left, and nothing is owed',
      'mug 1',
      { promotions: [{ id: 'gone', effect: off(12_00, 'mug') }] },
      'mug 1 × 10.00 → 0.00 = 0.00 (0.00 + 0.00), gone −10.00',
      'total 0.00 (0.00 + 0.00)',
    ],
    [
      'three for two',
      'mug 3',
      {
        promotions: [
          {
            id: '3-for-2',
            effect: {
              kind: 'BUY_GET',
              buy: only('mug'),
              buyQuantity: 2,
              get: only('mug'),
              getQuantity: 1,
              basisPoints: 10_000,
              maxTimes: null,
            },
          },
        ],
      },
      'mug 3 × 10.00 = 20.00 (16.81 + 3.19), 3-for-2 −10.00',
      'total 20.00 (16.81 + 3.19)',
    ],
    [
      'a bundle at one price, spread by what its parts cost',
      'book 1, mug 1',
      {
        promotions: [
          {
            id: 'set',
            effect: {
              kind: 'BUNDLE',
              parts: [
                { target: only('mug'), quantity: 1 },
                { target: only('book'), quantity: 1 },
              ],
              price: { EUR: 18_00 },
              maxTimes: null,
            },
          },
        ],
      },
      'book 1 × 10.70 = 9.30 (8.69 + 0.61), set −1.40',
      'mug 1 × 10.00 = 8.70 (7.31 + 1.39), set −1.30',
      'total 18.00 (16.00 + 2.00)',
    ],
    [
      'ten percent off the order',
      'book 1, mug 1',
      { promotions: [{ id: 'order', effect: orderPercent(10) }] },
      'book 1 × 10.70 = 9.63 (9.00 + 0.63), order −1.07',
      'mug 1 × 10.00 = 9.00 (7.56 + 1.44), order −1.00',
      'total 18.63 (16.56 + 2.07)',
    ],
    [
      'an amount off an order of prices with and without tax is off what is paid',
      'mug 1, screw 3',
      { promotions: [{ id: 'order', effect: orderOff(5_00) }] },
      'mug 1 × 10.00 = 6.39 (5.37 + 1.02), order −3.61',
      'screw 3 × 1.29 = 2.47 (2.08 + 0.39), order −1.39',
      'total 8.86 (7.45 + 1.41)',
    ],
    [
      'an amount off the order, where tax is rounded on units: by the line then',
      'screw 3',
      { rounding: 'UNIT', promotions: [{ id: 'order', effect: orderOff(24) }] },
      'screw 3 × 1.29 = 3.57 (3.00 + 0.57), order −0.29',
      'total 3.57 (3.00 + 0.57)',
    ],
    [
      'the better of two that do not combine',
      'mug 1',
      { promotions: [spring, { id: 'summer', effect: percent(20) }] },
      'mug 1 × 10.00 → 8.00 = 8.00 (6.72 + 1.28), summer −2.00',
      'total 8.00 (6.72 + 1.28)',
    ],
    [
      'the one of higher priority, although the other gives more',
      'mug 1',
      {
        promotions: [
          { ...spring, priority: 1 },
          { id: 'order', effect: orderPercent(20) },
        ],
      },
      'mug 1 × 10.00 → 9.00 = 9.00 (7.56 + 1.44), spring −1.00',
      'total 9.00 (7.56 + 1.44)',
    ],
    [
      'two that combine: off the order is off what is left',
      'mug 2',
      {
        promotions: [
          { ...spring, combinesWith: ['ORDER'] },
          { id: 'order', effect: orderPercent(10), combinesWith: ['PRODUCT'] },
        ],
      },
      'mug 2 × 10.00 → 9.00 = 16.20 (13.61 + 2.59), spring −2.00, order −1.80',
      'total 16.20 (13.61 + 2.59)',
    ],
    [
      'a discount that is split over lines of one variant',
      'mug 1, mug 2',
      { promotions: [{ id: 'order', effect: orderOff(1_00) }] },
      'mug 1 × 10.00 = 9.66 (8.12 + 1.54), order −0.33',
      'mug 2 × 10.00 = 19.34 (16.25 + 3.09), order −0.67',
      'total 29.00 (24.37 + 4.63)',
    ],
    [
      'a gift that is not in the cart yet',
      'mug 1',
      { promotions: [{ id: 'thanks', effect: { kind: 'GIFT', variantId: 'sock', quantity: 1 } }] },
      'mug 1 × 10.00 = 10.00 (8.40 + 1.60)',
      'gift sock 1, in the cart 0',
      'total 10.00 (8.40 + 1.60)',
    ],
    [
      'a gift that is, beside one that is paid',
      'mug 1, sock 2',
      { promotions: [{ id: 'thanks', effect: { kind: 'GIFT', variantId: 'sock', quantity: 1 } }] },
      'mug 1 × 10.00 = 10.00 (8.40 + 1.60)',
      'sock 2 × 5.00 = 5.00 (4.20 + 0.80), thanks −5.00',
      'gift sock 1, in the cart 1',
      'total 15.00 (12.60 + 2.40)',
    ],
  ],
  codes: [
    [
      'a code that applies, however it is written',
      'mug 6',
      { ...MAY5, codes: [' may5 '] },
      'mug 6 × 10.00 = 55.00 (46.22 + 8.78), may −5.00',
      'code  may5  APPLIED',
      'total 55.00 (46.22 + 8.78)',
    ],
    [
      'a cart below what the code asks for',
      'mug 4',
      { ...MAY5, codes: ['MAY5'] },
      'mug 4 × 10.00 = 40.00 (33.61 + 6.39)',
      'code MAY5 BELOW_SUBTOTAL',
      'total 40.00 (33.61 + 6.39)',
    ],
    ['without the code', 'mug 6', MAY5, 'mug 6 × 10.00 = 60.00 (50.42 + 9.58)', 'total 60.00 (50.42 + 9.58)'],
    [
      'codes that there are none of, that are used up, and of a draft',
      'mug 1',
      {
        ...MAY5,
        knownCodes: { USED: { refusal: 'CODE_USED_UP' }, DRAFT: { promotionId: 'draft' } },
        codes: ['nothing', 'USED', 'DRAFT'],
      },
      'mug 1 × 10.00 = 10.00 (8.40 + 1.60)',
      'code nothing CODE_UNKNOWN',
      'code USED CODE_USED_UP',
      'code DRAFT CODE_UNKNOWN',
      'total 10.00 (8.40 + 1.60)',
    ],
    [
      'a code beside an offer that it does not combine with',
      'mug 6',
      { promotions: [{ ...spring, priority: 1 }, ...MAY5.promotions], knownCodes: MAY5.knownCodes, codes: ['MAY5'] },
      'mug 6 × 10.00 → 9.00 = 54.00 (45.38 + 8.62), spring −6.00',
      'code MAY5 NOT_COMBINABLE',
      'total 54.00 (45.38 + 8.62)',
    ],
    [
      'a second code for the same offer',
      'mug 6',
      { ...MAY5, knownCodes: { ...MAY5.knownCodes, MAYBE: { promotionId: 'may' } }, codes: ['MAY5', 'MAYBE'] },
      'mug 6 × 10.00 = 55.00 (46.22 + 8.78), may −5.00',
      'code MAY5 APPLIED',
      'code MAYBE NOT_COMBINABLE',
      'total 55.00 (46.22 + 8.78)',
    ],
  ],
  shipping: [
    [
      'the first option, paid',
      'mug 2',
      { shipping: [EXPRESS, PARCEL] },
      'mug 2 × 10.00 = 20.00 (16.81 + 3.19)',
      'shipping parcel 4.90 (4.12 + 0.78)',
      'total 24.90 (20.93 + 3.97)',
    ],
    [
      'the option that was asked for',
      'mug 2',
      { shipping: [EXPRESS, PARCEL], shippingOptionCode: 'express' },
      'mug 2 × 10.00 = 20.00 (16.81 + 3.19)',
      'shipping express 12.00 (10.08 + 1.92)',
      'total 32.00 (26.89 + 5.11)',
    ],
    [
      'one that is not offered there',
      'mug 1',
      { country: 'AT', shipping: [EXPRESS, PARCEL], shippingOptionCode: 'express' },
      'mug 1 × 10.00 = 10.00 (8.33 + 1.67)',
      'shipping parcel 9.90 (8.25 + 1.65)',
      'fault: This way of sending is not offered for what is in the cart and where it goes.',
      'total 19.90 (16.58 + 3.32)',
    ],
    [
      'free from 50.00 on',
      'mug 5',
      { shipping: [PARCEL] },
      'mug 5 × 10.00 = 50.00 (42.02 + 7.98)',
      'shipping parcel 0.00 (0.00 + 0.00)',
      'total 50.00 (42.02 + 7.98)',
    ],
    [
      'paid again where a discount leaves less than 50.00',
      'mug 5',
      { shipping: [PARCEL], promotions: [spring] },
      'mug 5 × 10.00 → 9.00 = 45.00 (37.82 + 7.18), spring −5.00',
      'shipping parcel 4.90 (4.12 + 0.78)',
      'total 49.90 (41.94 + 7.96)',
    ],
    [
      'free by a promotion',
      'mug 2',
      { shipping: [PARCEL], promotions: [{ id: 'sent-free', effect: freeShipping }] },
      'mug 2 × 10.00 = 20.00 (16.81 + 3.19)',
      'shipping parcel 4.90 → 0.00 (0.00 + 0.00)',
      'total 20.00 (16.81 + 3.19)',
    ],
    [
      'free by a promotion for another option only',
      'mug 2',
      {
        shipping: [PARCEL, EXPRESS],
        promotions: [{ id: 'sent-free', effect: { kind: 'FREE_SHIPPING', optionCodes: ['express'] } }],
      },
      'mug 2 × 10.00 = 20.00 (16.81 + 3.19)',
      'shipping parcel 4.90 (4.12 + 0.78)',
      'total 24.90 (20.93 + 3.97)',
    ],
    [
      'by weight',
      'drill 2',
      { shipping: [FREIGHT] },
      'drill 2 × 119.00 = 238.00 (200.00 + 38.00)',
      'shipping freight 15.00 (12.61 + 2.39)',
      'total 253.00 (212.61 + 40.39)',
    ],
    [
      'too heavy to be sent',
      'drill 4',
      { shipping: [FREIGHT] },
      'drill 4 × 119.00 = 476.00 (400.00 + 76.00)',
      'total 476.00 (400.00 + 76.00)',
    ],
    [
      'collected',
      'mug 2',
      { shipping: [PARCEL], isPickup: true },
      'mug 2 × 10.00 = 20.00 (16.81 + 3.19)',
      'total 20.00 (16.81 + 3.19)',
    ],
  ],
};

/** A quote as a merchant reads it. */
function bill(given: Partial<GivenCart>): string[] {
  const cart = givenCart({ ...SHOP, ...given });
  const quote = quoteCart(cart)!;
  const amount = (minor: number) => formatAmount(money(minor, cart.context.currency));
  const taxed = ({ gross, net, tax }: typeof quote.total) =>
    `${amount(gross.minorUnits)} (${amount(net.minorUnits)} + ${amount(tax.minorUnits)})`;
  const text: string[] = [];
  for (const { variantId, quantity, price } of splitLines(cart.lines, quote)) {
    if (!price) {
      text.push(`${variantId} ${quantity} has no price`);
      continue;
    }
    const [before, after] = [price.listUnit.gross.minorUnits, price.unit.gross.minorUnits];
    const unit = before === after ? amount(after) : `${amount(before)} → ${amount(after)}`;
    const off = price.discounts.map(({ promotionId, grossMinor }) => `, ${promotionId} −${amount(grossMinor)}`);
    text.push(`${variantId} ${quantity} × ${unit} = ${taxed(price.total)}${off.join('')}`);
  }
  const { shipping } = quote;
  if (shipping) {
    const [before, after] = [shipping.listTotal.gross.minorUnits, shipping.total.gross.minorUnits];
    text.push(
      `shipping ${shipping.optionCode} ${before === after ? '' : `${amount(before)} → `}${taxed(shipping.total)}`,
    );
  }
  if (quote.shippingFault) text.push(`fault: ${quote.shippingFault}`);
  for (const gift of quote.gifts) text.push(`gift ${gift.variantId} ${gift.quantity}, in the cart ${gift.inCart}`);
  for (const { code, status } of quote.codes) text.push(`code ${code} ${status}`);
  text.push(`total ${taxed(quote.total)}`);
  return text;
}

for (const [area, rows] of Object.entries(ROWS))
  describe(`quoteCart, ${area}`, () => {
    test.each(rows.map(([name, cart, given, ...costs]) => ({ name, cart, given, costs })))(
      '$name: $cart',
      ({ cart, given, costs }) => {
        expect(bill({ ...given, cart })).toEqual(costs);
      },
    );
  });

describe('quoteCart', () => {
  test('offers every way of sending at what it would cost, after promotions that are for it alone', () => {
    const effect: PromotionEffect = { kind: 'FREE_SHIPPING', optionCodes: ['express'] };
    const cart = givenCart({ ...SHOP, cart: 'mug 2', shipping: [PARCEL, EXPRESS], promotions: [{ id: 'a', effect }] });
    const offered = quoteCart(cart)!.shippingOptions.map(({ code, total }) => [code, total.gross.minorUnits]);
    expect(offered).toEqual([
      ['parcel', 4_90],
      ['express', 0],
    ]);
  });

  test('names what has to be held: limited promotions and codes', () => {
    const limits = { maxUses: 10, maxUsesPerCustomer: null, budget: null };
    const promotions = [
      { ...spring, combinesWith: ['ORDER', 'SHIPPING'] as const, limits },
      { id: 'may', effect: orderOff(5_00), needsCode: true, combinesWith: ['PRODUCT', 'SHIPPING'] as const },
      { id: 'sent-free', effect: freeShipping, combinesWith: ['PRODUCT', 'ORDER'] as const },
    ];
    const cart = givenCart({
      ...SHOP,
      cart: 'mug 2',
      shipping: [PARCEL],
      promotions,
      knownCodes: { MAY5: { promotionId: 'may' } },
      codes: ['MAY5'],
    });
    expect(
      quoteCart(cart)!.promotions.map(({ promotionId, code, class: on, grossMinor, amountMinor, isLimited }) => [
        promotionId,
        code,
        on,
        grossMinor,
        amountMinor,
        isLimited,
      ]),
    ).toEqual([
      ['spring', null, 'PRODUCT', 2_00, 2_00, true],
      ['may', 'MAY5', 'ORDER', 5_00, 5_00, true],
      ['sent-free', null, 'SHIPPING', 4_90, 4_90, false],
    ]);
  });

  test('is null when an amount would not be exact any more', () => {
    const lists = { dear: { taxIncluded: false, prices: { crown: 100_000_000_000 } } };
    const rates = SHOP.rates!;
    expect(quoteCart(givenCart({ lists, rates, cart: 'crown 7000' }))?.total.gross.minorUnits).toBe(
      833_000_000_000_000,
    );
    const many = Array.from({ length: 10 }, () => 'crown 10000').join(', ');
    expect(quoteCart(givenCart({ lists, rates, cart: many }))).toBeNull();
  });

  test('tells every step only to who asks for them, and answers the same', () => {
    const given = { ...SHOP, cart: 'mug 2, ghost 1', shipping: [PARCEL], promotions: [spring] };
    const steps: Parameters<typeof quoteCart>[1] = [];
    expect(quoteCart(givenCart(given), steps)).toEqual(quoteCart(givenCart(given)));
    expect(steps.map(({ rule }) => rule)).toEqual(['UNPRICED', 'SELECTED', 'SHIPPING', 'PROMOTION', 'TAXED']);
  });
});
