import type { PromotionCart } from '../domain/promotions/promotion-cart.ts';
import type { Promotion, Refusal } from '../domain/promotions/promotion.ts';
import {
  amountOff,
  bundle,
  buyGet,
  euros,
  EVERYTHING,
  freeShipping,
  gift,
  givenContext,
  goods,
  orderAmount,
  orderPercent,
  percent,
  promotion,
} from './given-promotions.ts';

/**
 * A cart with its promotions, and what it has to cost: worked out by hand. Usual prices: shirt 20.00, jacket 80.00 and socks 5.00 (clothes),
 * mug 10.00 and kettle 40.00 (kitchen), book 12.50 and pen 1.00 (books); jacket and kettle are of the vendor Nord, the shirt is new.
 */
export interface GoldenCart {
  readonly what: string;
  readonly cart: readonly string[];
  readonly promotions: readonly Promotion[];
  readonly given?: Partial<PromotionCart>;
  /** What each line costs in the end. */
  readonly lines: Readonly<Record<string, string>>;
  readonly total: string;
  /** Promotions that give nothing, and why; with the one that they do not combine with. */
  readonly refused?: Readonly<Record<string, Refusal | `NOT_COMBINABLE with ${string}`>>;
  readonly shippingOff?: string;
  /** Free goods as `1 of 2 mug`: so many in the cart of so many that are free. */
  readonly gifts?: readonly string[];
}

const CLOTHES = goods('category:clothes');
const SHIRT = goods('shirt');
const MUG = goods('mug');
const STANDARD = { optionCode: 'standard', amountMinor: 490 };
const EXPRESS = { optionCode: 'express', amountMinor: 990 };

const UNITS: readonly GoldenCart[] = [
  {
    what: '10 % off one shirt',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10))],
    lines: { shirt: '18.00' },
    total: '18.00',
  },
  {
    what: '10 % off clothes leaves the mug alone',
    cart: ['2 shirt', '1 mug'],
    promotions: [promotion('TEN', percent(10, CLOTHES))],
    lines: { shirt: '36.00', mug: '10.00' },
    total: '46.00',
  },
  {
    what: '10 % off everything but shirts',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('TEN', percent(10, goods('-shirt')))],
    lines: { shirt: '20.00', mug: '9.00' },
    total: '29.00',
  },
  {
    what: '10 % off a category without one of its vendors',
    cart: ['1 shirt', '1 jacket'],
    promotions: [promotion('TEN', percent(10, goods('category:clothes', '-vendor:Nord')))],
    lines: { shirt: '18.00', jacket: '80.00' },
    total: '98.00',
  },
  {
    what: '10 % off what is new or red, once for what is both',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('TEN', percent(10, goods('tag:new', 'attribute:colour=red')))],
    lines: { shirt: '18.00', mug: '10.00' },
    total: '28.00',
  },
  {
    what: 'nothing matches',
    cart: ['1 mug'],
    promotions: [promotion('TEN', percent(10, CLOTHES))],
    lines: { mug: '10.00' },
    total: '10.00',
    refused: { TEN: 'NO_MATCHING_LINE' },
  },
  {
    what: '15 % off 12.50 is 10.625: half a cent goes to the even cent',
    cart: ['1 book'],
    promotions: [promotion('FIFTEEN', percent(15))],
    lines: { book: '10.62' },
    total: '10.62',
  },
  {
    what: 'a unit is rounded, then multiplied: 3 × 10.62, not 31.88',
    cart: ['3 book'],
    promotions: [promotion('FIFTEEN', percent(15))],
    lines: { book: '31.86' },
    total: '31.86',
  },
  {
    what: '5 % off ten cents is 9.5 cents, which is rounded to ten',
    cart: ['7 sticker at 0.10'],
    promotions: [promotion('FIVE', percent(5))],
    lines: { sticker: '0.70' },
    total: '0.70',
    refused: { FIVE: 'NO_EFFECT' },
  },
  {
    what: 'a precise price stays precise: 1.2345 cents less 10 % is 1.11105, a hundred cost 111.105 cents',
    cart: ['100 screw at 0.012345'],
    promotions: [promotion('TEN', percent(10))],
    lines: { screw: '1.11' },
    total: '1.11',
  },
  {
    what: '3.00 off each shirt',
    cart: ['2 shirt'],
    promotions: [promotion('THREE', amountOff(3, SHIRT))],
    lines: { shirt: '34.00' },
    total: '34.00',
  },
  {
    what: '15.00 off a mug of 10.00 makes it free, not cheaper than that',
    cart: ['2 mug'],
    promotions: [promotion('FIFTEEN', amountOff(15))],
    lines: { mug: '0.00' },
    total: '0.00',
  },
  {
    what: 'an amount in dollars gives nothing in a cart in euros',
    cart: ['1 shirt'],
    promotions: [promotion('THREE', { kind: 'AMOUNT', target: EVERYTHING, off: { USD: 300 } })],
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { THREE: 'OTHER_CURRENCY' },
  },
  {
    what: '10 % off three pieces of clothing and more',
    cart: ['2 shirt', '1 socks', '1 mug'],
    promotions: [promotion('TEN', percent(10, CLOTHES), { when: { minQuantity: 3, counting: CLOTHES } })],
    lines: { shirt: '36.00', socks: '4.50', mug: '10.00' },
    total: '50.50',
  },
  {
    what: 'two pieces of clothing are not three; mugs do not count',
    cart: ['1 shirt', '1 socks', '3 mug'],
    promotions: [promotion('TEN', percent(10, CLOTHES), { when: { minQuantity: 3, counting: CLOTHES } })],
    lines: { shirt: '20.00', socks: '5.00', mug: '30.00' },
    total: '55.00',
    refused: { TEN: 'TOO_FEW' },
  },
];

const CHOICES: readonly GoldenCart[] = [
  {
    what: 'of two that do not combine the better deal wins',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10)), promotion('TWENTY', percent(20))],
    lines: { shirt: '16.00' },
    total: '16.00',
    refused: { TEN: 'NOT_COMBINABLE with TWENTY' },
  },
  {
    what: 'of two equal deals the first id wins',
    cart: ['1 shirt'],
    promotions: [promotion('B', percent(10)), promotion('A', percent(10))],
    lines: { shirt: '18.00' },
    total: '18.00',
    refused: { B: 'NOT_COMBINABLE with A' },
  },
  {
    what: 'each line has its own best deal: 3.00 off the shirt, 10 % off the mug',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('TEN', percent(10)), promotion('THREE', amountOff(3, SHIRT))],
    lines: { shirt: '17.00', mug: '9.00' },
    total: '26.00',
  },
  {
    what: 'a higher priority wins, though it gives less',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10), { priority: 10 }), promotion('TWENTY', percent(20))],
    lines: { shirt: '18.00' },
    total: '18.00',
    refused: { TWENTY: 'NOT_COMBINABLE with TEN' },
  },
  {
    what: 'two that consent follow each other: 20.00, 16.00, 14.40',
    cart: ['1 shirt'],
    promotions: [
      promotion('TEN', percent(10), { with: 'PRODUCT' }),
      promotion('TWENTY', percent(20), { with: 'PRODUCT' }),
    ],
    lines: { shirt: '14.40' },
    total: '14.40',
  },
  {
    what: 'the consent of one is not enough',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10), { with: 'PRODUCT' }), promotion('TWENTY', percent(20))],
    lines: { shirt: '16.00' },
    total: '16.00',
    refused: { TEN: 'NOT_COMBINABLE with TWENTY' },
  },
  {
    what: 'the better deal comes first: 20.00 − 3.00 = 17.00, less 10 % = 15.30',
    cart: ['1 shirt'],
    promotions: [
      promotion('TEN', percent(10), { with: 'PRODUCT' }),
      promotion('THREE', amountOff(3), { with: 'PRODUCT' }),
    ],
    lines: { shirt: '15.30' },
    total: '15.30',
  },
  {
    what: 'a higher priority comes first: 20.00 less 10 % = 18.00, − 3.00 = 15.00',
    cart: ['1 shirt'],
    promotions: [
      promotion('TEN', percent(10), { with: 'PRODUCT', priority: 1 }),
      promotion('THREE', amountOff(3), { with: 'PRODUCT' }),
    ],
    lines: { shirt: '15.00' },
    total: '15.00',
  },
  {
    what: 'three for two takes the shirts, 10 % the mug, since they do not combine',
    cart: ['3 shirt', '1 mug'],
    promotions: [promotion('TEN', percent(10)), promotion('THREE-FOR-TWO', buyGet([2, SHIRT], [1, SHIRT]))],
    lines: { shirt: '40.00', mug: '9.00' },
    total: '49.00',
  },
  {
    what: '20 % off the order (6.00) beats 10 % off the shirt (2.00)',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('SHIRTS', percent(10, SHIRT)), promotion('ORDER', orderPercent(20))],
    lines: { shirt: '16.00', mug: '8.00' },
    total: '24.00',
    refused: { SHIRTS: 'NOT_COMBINABLE with ORDER' },
  },
  {
    what: 'where the order discount pushed the best deal aside, the second that combines with it gets the line',
    cart: ['1 shirt', '1 jacket'],
    promotions: [
      promotion('ORDER', orderPercent(20), { with: 'PRODUCT' }),
      promotion('FIVE', amountOff(5, SHIRT)),
      promotion('TEN', percent(10, SHIRT), { with: 'ORDER' }),
    ],
    // 20 % of 18.00 + 80.00 is 19.60: 3.60 and 16.00.
    lines: { shirt: '14.40', jacket: '64.00' },
    total: '78.40',
    refused: { FIVE: 'NOT_COMBINABLE with ORDER' },
  },
];

const SETS: readonly GoldenCart[] = [
  {
    what: 'three for two: the cheapest of three is free',
    cart: ['2 shirt', '1 socks'],
    promotions: [promotion('THREE-FOR-TWO', buyGet([2, EVERYTHING], [1, EVERYTHING]))],
    lines: { shirt: '40.00', socks: '0.00' },
    total: '40.00',
  },
  {
    what: 'three for two on six: the two cheapest are free',
    cart: ['3 shirt', '3 socks'],
    promotions: [promotion('THREE-FOR-TWO', buyGet([2, EVERYTHING], [1, EVERYTHING]))],
    lines: { shirt: '60.00', socks: '5.00' },
    total: '65.00',
  },
  {
    what: 'three for two on two',
    cart: ['2 shirt'],
    promotions: [promotion('THREE-FOR-TWO', buyGet([2, EVERYTHING], [1, EVERYTHING]))],
    lines: { shirt: '40.00' },
    total: '40.00',
    refused: { 'THREE-FOR-TWO': 'TOO_FEW' },
  },
  {
    what: 'three for two, once in a cart',
    cart: ['6 shirt'],
    promotions: [promotion('THREE-FOR-TWO', buyGet([2, SHIRT], [1, SHIRT], 100, 1))],
    lines: { shirt: '100.00' },
    total: '100.00',
  },
  {
    what: 'two shirts make socks half price',
    cart: ['2 shirt', '2 socks'],
    promotions: [promotion('SOCKS', buyGet([2, SHIRT], [1, goods('socks')], 50))],
    lines: { shirt: '40.00', socks: '7.50' },
    total: '47.50',
  },
  {
    what: 'a shirt that has to be bought is not got, though it is cheaper than the jacket',
    cart: ['2 shirt', '1 jacket'],
    promotions: [promotion('GET', buyGet([2, SHIRT], [1, goods('shirt', 'jacket')]))],
    lines: { shirt: '40.00', jacket: '0.00' },
    total: '40.00',
  },
  {
    what: 'shirt and mug for 25.00: 5.00 are saved, two parts of three on the shirt',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('PAIR', bundle(25, [[1, SHIRT], [1, MUG]]))], // prettier-ignore
    lines: { shirt: '16.67', mug: '8.33' },
    total: '25.00',
  },
  {
    what: 'two sets, and a shirt beyond them at its price',
    cart: ['3 shirt', '2 mug'],
    promotions: [promotion('PAIR', bundle(25, [[1, SHIRT], [1, MUG]]))], // prettier-ignore
    lines: { shirt: '53.33', mug: '16.67' },
    total: '70.00',
  },
  {
    what: 'two sets are there, one is allowed',
    cart: ['2 shirt', '2 mug'],
    promotions: [promotion('PAIR', bundle(25, [[1, SHIRT], [1, MUG]], 1))], // prettier-ignore
    lines: { shirt: '36.67', mug: '18.33' },
    total: '55.00',
  },
  {
    what: 'any three pieces of clothing for 24.00: the three dearest; the other socks cost what they cost',
    cart: ['1 jacket', '1 shirt', '2 socks'],
    promotions: [promotion('ANY-THREE', bundle(24, [[3, CLOTHES]]))],
    lines: { jacket: '18.29', shirt: '4.57', socks: '6.14' },
    total: '29.00',
  },
  {
    what: 'the only shirt is the part that must be a shirt, the jacket the one that may be any clothing',
    cart: ['1 jacket', '1 shirt'],
    promotions: [promotion('OUTFIT', bundle(90, [[1, CLOTHES], [1, SHIRT]]))], // prettier-ignore
    lines: { jacket: '72.00', shirt: '18.00' },
    total: '90.00',
  },
  {
    what: 'a set that costs more than its parts',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('PAIR', bundle(35, [[1, SHIRT], [1, MUG]]))], // prettier-ignore
    lines: { shirt: '20.00', mug: '10.00' },
    total: '30.00',
    refused: { PAIR: 'NO_EFFECT' },
  },
  {
    what: 'half a set',
    cart: ['2 shirt'],
    promotions: [promotion('PAIR', bundle(25, [[1, SHIRT], [1, MUG]]))], // prettier-ignore
    lines: { shirt: '40.00' },
    total: '40.00',
    refused: { PAIR: 'TOO_FEW' },
  },
  {
    what: 'shirts that three for two has taken make no set',
    cart: ['3 shirt', '1 mug'],
    promotions: [
      promotion('THREE-FOR-TWO', buyGet([2, SHIRT], [1, SHIRT]), { priority: 1, with: 'PRODUCT' }),
      promotion('PAIR', bundle(25, [[1, SHIRT], [1, MUG]]), { with: 'PRODUCT' }), // prettier-ignore
    ],
    lines: { shirt: '40.00', mug: '10.00' },
    total: '50.00',
    refused: { PAIR: 'TOO_FEW' },
  },
  {
    what: 'a set of reduced goods saves what is left to save: 18.00 + 9.00 − 25.00',
    cart: ['1 shirt', '1 mug'],
    promotions: [
      promotion('TEN', percent(10), { with: 'PRODUCT' }),
      promotion('PAIR', bundle(25, [[1, SHIRT], [1, MUG]]), { with: 'PRODUCT' }), // prettier-ignore
    ],
    lines: { shirt: '16.67', mug: '8.33' },
    total: '25.00',
  },
];

const FROM_FIFTY = { minSubtotal: euros(50) };

const GIFTS: readonly GoldenCart[] = [
  {
    what: 'a mug is free from 50.00',
    cart: ['3 shirt', '1 mug'],
    promotions: [promotion('MUG', gift('mug'), { when: FROM_FIFTY })],
    lines: { shirt: '60.00', mug: '0.00' },
    total: '60.00',
    gifts: ['1 of 1 mug'],
  },
  {
    what: 'the gift is offered while it is not in the cart',
    cart: ['3 shirt'],
    promotions: [promotion('MUG', gift('mug'), { when: FROM_FIFTY })],
    lines: { shirt: '60.00' },
    total: '60.00',
    refused: { MUG: 'NO_MATCHING_LINE' },
    gifts: ['0 of 1 mug'],
  },
  {
    what: 'one of two mugs is free',
    cart: ['3 shirt', '2 mug'],
    promotions: [promotion('MUG', gift('mug'), { when: FROM_FIFTY })],
    lines: { shirt: '60.00', mug: '10.00' },
    total: '70.00',
    gifts: ['1 of 1 mug'],
  },
  {
    what: 'one of two free mugs is in the cart',
    cart: ['3 shirt', '1 mug'],
    promotions: [promotion('MUG', gift('mug', 2), { when: FROM_FIFTY })],
    lines: { shirt: '60.00', mug: '0.00' },
    total: '60.00',
    gifts: ['1 of 2 mug'],
  },
  {
    what: 'the gift itself does not help to reach 50.00',
    cart: ['2 shirt', '1 mug'],
    promotions: [promotion('MUG', gift('mug'), { when: FROM_FIFTY })],
    lines: { shirt: '40.00', mug: '10.00' },
    total: '50.00',
    refused: { MUG: 'BELOW_SUBTOTAL' },
  },
];

const ORDERS: readonly GoldenCart[] = [
  {
    what: '10 % off the order',
    cart: ['1 shirt', '1 mug'],
    promotions: [promotion('TEN', orderPercent(10))],
    lines: { shirt: '18.00', mug: '9.00' },
    total: '27.00',
  },
  {
    what: '10.00 off is spread by the largest remainder: 4.54, 3.64 and 1.82',
    cart: ['1 book', '1 mug', '1 socks'],
    promotions: [promotion('TENNER', orderAmount(10))],
    lines: { book: '7.96', mug: '6.36', socks: '3.18' },
    total: '17.50',
  },
  {
    what: 'equal remainders: the cent goes to the first variant',
    cart: ['1 cup at 5.00', '1 jug at 5.00', '1 pot at 5.00'],
    promotions: [promotion('TENNER', orderAmount(10))],
    lines: { cup: '1.66', jug: '1.67', pot: '1.67' },
    total: '5.00',
  },
  {
    what: '50.00 off an order of 10.00',
    cart: ['1 mug'],
    promotions: [promotion('FIFTY', orderAmount(50))],
    lines: { mug: '0.00' },
    total: '0.00',
  },
  {
    what: '10 % off the order counts what 10 % off the shirt has left',
    cart: ['1 shirt'],
    promotions: [
      promotion('SHIRT', percent(10), { with: 'ORDER' }),
      promotion('ORDER', orderPercent(10), { with: 'PRODUCT' }),
    ],
    lines: { shirt: '16.20' },
    total: '16.20',
  },
  {
    what: 'two order discounts count the same goods: 4.00 and 8.00 off 40.00',
    cart: ['2 shirt'],
    promotions: [
      promotion('TEN', orderPercent(10), { with: 'ORDER' }),
      promotion('TWENTY', orderPercent(20), { with: 'ORDER' }),
    ],
    lines: { shirt: '28.00' },
    total: '28.00',
  },
  {
    what: '5.00 off from 50.00 on',
    cart: ['2 shirt', '1 mug'],
    promotions: [promotion('FIVE', orderAmount(5), { when: FROM_FIFTY })],
    lines: { shirt: '36.00', mug: '9.00' },
    total: '45.00',
  },
  {
    what: 'a reduced cart is no longer worth 50.00, though the threshold has the higher priority',
    cart: ['2 shirt', '1 mug'],
    promotions: [
      promotion('FIVE', orderAmount(5), { priority: 10, with: 'PRODUCT', when: FROM_FIFTY }),
      promotion('TEN', percent(10), { with: 'ORDER' }),
    ],
    lines: { shirt: '36.00', mug: '9.00' },
    total: '45.00',
    refused: { FIVE: 'BELOW_SUBTOTAL' },
  },
  {
    what: 'and what it had displaced gets its chance: 2.00 off 45.00',
    cart: ['2 shirt', '1 mug'],
    promotions: [
      promotion('TENNER', orderAmount(10), { priority: 10, with: 'PRODUCT', when: FROM_FIFTY }),
      promotion('TEN', percent(10), { priority: 5, with: 'ORDER' }),
      promotion('TWO', orderAmount(2), { with: 'PRODUCT' }),
    ],
    lines: { shirt: '34.40', mug: '8.60' },
    total: '43.00',
    refused: { TENNER: 'BELOW_SUBTOTAL' },
  },
  {
    what: '5.00 off a net cart is 5.00 net',
    cart: ['2 drill at 10.00 net'],
    promotions: [promotion('FIVE', orderAmount(5))],
    lines: { drill: '15.00' },
    total: '15.00',
  },
  {
    what: 'gross and net lines: all count gross, 31.90 less 10 %',
    cart: ['1 shirt', '1 drill at 10.00 net'],
    promotions: [promotion('TEN', orderPercent(10))],
    lines: { shirt: '18.00', drill: '10.71' },
    total: '28.71',
  },
  {
    what: 'free shipping from 50.00',
    cart: ['3 shirt'],
    promotions: [promotion('SHIP', freeShipping(), { when: FROM_FIFTY })],
    given: { shipping: STANDARD },
    lines: { shirt: '60.00' },
    total: '60.00',
    shippingOff: '4.90',
  },
  {
    what: 'free standard shipping does not make express free',
    cart: ['3 shirt'],
    promotions: [promotion('SHIP', freeShipping('standard'))],
    given: { shipping: EXPRESS },
    lines: { shirt: '60.00' },
    total: '60.00',
    refused: { SHIP: 'NO_EFFECT' },
  },
  {
    what: 'free shipping (4.90) is a better deal than 10 % off a shirt (2.00)',
    cart: ['1 shirt'],
    promotions: [promotion('SHIP', freeShipping()), promotion('TEN', percent(10))],
    given: { shipping: STANDARD },
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { TEN: 'NOT_COMBINABLE with SHIP' },
    shippingOff: '4.90',
  },
];

const LATE = { from: new Date('2026-03-03T00:00:00Z'), until: null };
const BERLIN = { timeZone: 'Europe/Berlin' };

const CONDITIONS: readonly GoldenCart[] = [
  {
    what: 'a code is needed',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10), { needsCode: true })],
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { TEN: 'NO_CODE' },
  },
  {
    what: 'the code was entered',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10), { needsCode: true })],
    given: { codes: new Map([['SPRING', { promotionId: 'TEN' }]]) },
    lines: { shirt: '18.00' },
    total: '18.00',
  },
  {
    what: 'uses and budgets that are taken, and a budget that one cart would overspend',
    cart: ['1 shirt'],
    promotions: [
      promotion('USES', percent(50), { isExhausted: true, limits: { maxUses: 10 } }),
      promotion('BUDGET', percent(50), { isExhausted: true, limits: { budget: { minor: 900, currency: 'EUR' } } }),
      promotion('SMALL', percent(50), { limits: { budget: { minor: 999, currency: 'EUR' } } }),
      promotion('DOLLARS', percent(50), { limits: { budget: { minor: 9999, currency: 'USD' } } }),
      promotion('TEN', percent(10), { limits: { budget: { minor: 200, currency: 'EUR' } } }),
    ],
    lines: { shirt: '18.00' },
    total: '18.00',
    refused: { USES: 'LIMIT_REACHED', BUDGET: 'BUDGET_SPENT', SMALL: 'BUDGET_SPENT', DOLLARS: 'OTHER_CURRENCY' },
  },
  {
    what: 'the customer has used it as often as they may',
    cart: ['1 shirt'],
    promotions: [promotion('TEN', percent(10), { limits: { maxUsesPerCustomer: 1 } })],
    given: { usedUpByCustomer: new Set(['TEN']) },
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { TEN: 'CUSTOMER_LIMIT' },
  },
  {
    what: 'for other channels, countries, companies and groups',
    cart: ['1 shirt'],
    promotions: [
      promotion('CHANNEL', percent(50), { when: { channels: ['pos'] } }),
      promotion('COUNTRY', percent(50), { when: { countries: ['AT', 'CH'] } }),
      promotion('COMPANY', percent(50), { when: { companyIds: ['acme'] } }),
      promotion('GROUP', percent(50), { when: { groups: ['gold'] } }),
    ],
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { CHANNEL: 'OTHER_CHANNEL', COUNTRY: 'OTHER_COUNTRY', COMPANY: 'OTHER_COMPANY', GROUP: 'OTHER_GROUP' },
  },
  {
    what: 'for this channel, country, company and one of the groups',
    cart: ['1 shirt'],
    promotions: [
      promotion('TEN', percent(10), {
        when: { channels: ['web'], countries: ['DE'], companyIds: ['acme'], groups: ['gold', 'silver'] },
      }),
    ],
    given: { context: givenContext({ buyer: { companyId: 'acme', groups: ['silver'] } }) },
    lines: { shirt: '18.00' },
    total: '18.00',
  },
  {
    what: 'a first order of nobody known',
    cart: ['1 shirt'],
    promotions: [promotion('HELLO', percent(10), { when: { firstOrder: true } })],
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { HELLO: 'SIGN_IN_NEEDED' },
  },
  {
    what: 'a second order',
    cart: ['1 shirt'],
    promotions: [promotion('HELLO', percent(10), { when: { firstOrder: true } })],
    given: { orderCount: 1 },
    lines: { shirt: '20.00' },
    total: '20.00',
    refused: { HELLO: 'NOT_FIRST_ORDER' },
  },
  {
    what: 'a first order',
    cart: ['1 shirt'],
    promotions: [promotion('HELLO', percent(10), { when: { firstOrder: true } })],
    given: { orderCount: 0 },
    lines: { shirt: '18.00' },
    total: '18.00',
  },
  {
    what: 'drafts, dates to come, and hours: it is Monday, 11:00 in Berlin',
    cart: ['1 shirt'],
    promotions: [
      promotion('DRAFT', percent(50), { activity: null }),
      promotion('PLANNED', percent(50), { activity: LATE }),
      promotion('TOMORROW', percent(50), { validity: LATE }),
      promotion('EVENING', percent(50), { when: { ...BERLIN, fromMinute: 17 * 60, untilMinute: 19 * 60 } }),
      promotion('WEEKEND', percent(50), { when: { ...BERLIN, daysOfWeek: [6, 7] } }),
      promotion('MORNING', percent(10), { when: { ...BERLIN, daysOfWeek: [1], fromMinute: 660, untilMinute: 720 } }),
    ],
    lines: { shirt: '18.00' },
    total: '18.00',
    refused: {
      DRAFT: 'NOT_ACTIVE',
      PLANNED: 'NOT_ACTIVE',
      TOMORROW: 'OUTSIDE_WINDOW',
      EVENING: 'OUTSIDE_HOURS',
      WEEKEND: 'OUTSIDE_HOURS',
    },
  },
];

export const GOLDEN_CARTS: readonly GoldenCart[] = [...UNITS, ...CHOICES, ...SETS, ...GIFTS, ...ORDERS, ...CONDITIONS];
