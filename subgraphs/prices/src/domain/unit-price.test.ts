import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PRICE_MINOR } from './amounts/precise.ts';
import type { Candidate, PriceList, PriceRow } from './lists/price-list.ts';
import { priceTiersOf } from './price-tiers.ts';
import type { PricesFound } from './prices-found.ts';
import { ANYBODY, type PricingContext } from './pricing-context.ts';
import { compilePromotions } from './promotions/compile-promotions.ts';
import type { GoodsTarget, Promotion, PromotionEffect } from './promotions/promotion.ts';
import type { TaxRates, TaxRounding } from './taxes/tax-provider.ts';
import { priceRange, unitPriceOf, type UnitPrice } from './unit-price.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const context: PricingContext = {
  channel: 'web',
  currency: 'EUR',
  country: 'DE',
  region: null,
  buyer: ANYBODY,
  isSold: true,
  asOf: '1780315200000000',
  now: NOW,
  isExempt: false,
  assignedList: null,
};
const list = (taxIncluded: boolean, more: Partial<PriceList> = {}): PriceList => ({
  id: 'id',
  code: 'base-eur',
  name: 'Base',
  scope: 'BASE',
  subject: null,
  channel: null,
  currency: 'EUR',
  taxIncluded,
  revision: 1,
  version: 1,
  activity: { from: null, until: null },
  validity: null,
  derivation: null,
  ...more,
});
const row = (
  minor: number,
  { minQuantity = 1, micros = 0, compareAtMinor = null as number | null } = {},
): PriceRow => ({
  minQuantity,
  amount: { minor, micros },
  compareAtMinor,
});
const holds = (of: PriceList, ...rows: PriceRow[]): Candidate => ({ list: of, chain: [of], rowsOfChain: [rows] });
const EVERYTHING: GoodsTarget = {
  variantIds: [],
  productIds: [],
  categoryIds: [],
  labels: [],
  exclude: { variantIds: [], productIds: [], categoryIds: [], labels: [] },
};
const promotion = (
  id: string,
  effect: PromotionEffect,
  more: Partial<Promotion['conditions']> = {},
  priority = 0,
): Promotion => ({
  id,
  code: id,
  name: `The ${id}`,
  version: 1,
  priority,
  combinesWith: ['PRODUCT'],
  effect,
  conditions: {
    channels: [],
    groups: [],
    companyIds: [],
    countries: [],
    minQuantity: null,
    counting: null,
    minSubtotal: null,
    firstOrder: false,
    daysOfWeek: [],
    fromMinute: null,
    untilMinute: null,
    timeZone: 'UTC',
    ...more,
  },
  activity: { from: null, until: null },
  validity: null,
  needsCode: false,
  limits: { maxUses: null, maxUsesPerCustomer: null, budget: null },
  isExhausted: false,
});
const percent = (basisPoints: number): PromotionEffect => ({ kind: 'PERCENT', target: EVERYTHING, basisPoints });

const rates = (standard: number, rounding: TaxRounding = 'LINE', books = 700): TaxRates => ({
  rounding,
  basisPointsOf: (category) => (category === 'books' ? books : standard),
});
const found = (
  candidates: readonly Candidate[],
  more: Partial<PricesFound> = {},
  promotions: Promotion[] = [],
): PricesFound => ({
  context,
  byVariant: new Map([['v', candidates]]),
  facts: new Map(),
  taxTable: { rates: [], rounding: 'LINE' },
  engine: {
    revision: 1,
    promotions: compilePromotions(promotions),
    shippingOptions: [],
    feeSchedules: new Map(),
    ancestorsOf: (id) => [id],
  },
  ...more,
});
const price = (of: PriceRow, taxIncluded: boolean, promotions: Promotion[] = [], quantity = 1): UnitPrice =>
  unitPriceOf(found([holds(list(taxIncluded), of)], {}, promotions), 'v', quantity, rates(1_900))!;

describe('unitPriceOf', () => {
  test('takes the amount of a list with tax for gross, of a list without for net', () => {
    expect(price(row(11_900), true)).toMatchObject({
      net: { minorUnits: 10_000, currency: 'EUR' },
      tax: { minorUnits: 1_900 },
      gross: { minorUnits: 11_900 },
      promotions: [],
      precise: null,
      tierMinQuantity: 1,
      asOf: NOW,
    });
    expect(price(row(10_000), false).gross.minorUnits).toBe(11_900);
  });

  test('taxes by the category of the goods, and as standard what nothing is known of', () => {
    const book = { productId: 'p', categoryIds: [], labels: [], taxCategory: 'books', weightGrams: null };
    const of = (facts: PricesFound['facts']) =>
      unitPriceOf(found([holds(list(false), row(10_000))], { facts }), 'v', 1, rates(1_900))!;
    expect(of(new Map([['v', book]])).gross.minorUnits).toBe(10_700);
    expect(of(new Map()).gross.minorUnits).toBe(11_900);
  });

  test('gives who is exempt the net price that a gross one holds', () => {
    const exempt = { context: { ...context, isExempt: true } };
    for (const [taxIncluded, minor] of [
      [true, 11_900],
      [false, 10_000],
    ] as const)
      expect(unitPriceOf(found([holds(list(taxIncluded), row(minor))], exempt), 'v', 1, rates(1_900))).toMatchObject({
        net: { minorUnits: 10_000 },
        tax: { minorUnits: 0 },
        gross: { minorUnits: 10_000 },
      });
  });

  test('tells a former price as gross, and only when it is higher', () => {
    const former = (compareAtMinor: number, taxIncluded: boolean) =>
      price(row(10_000, { compareAtMinor }), taxIncluded).compareAt;
    expect(former(20_000, false)).toEqual({ minorUnits: 23_800, currency: 'EUR' });
    expect(former(10_000, true)).toBeNull();
    expect(former(9_000, true)).toBeNull();
  });

  test('rounds an exact price half-even for whoever reads it, and tells it besides', () => {
    expect(price(row(2, { micros: 500_000 }), true)).toMatchObject({ gross: { minorUnits: 2 }, precise: '0.025' });
    expect(price(row(1, { micros: 234_567 }), true)).toMatchObject({ gross: { minorUnits: 1 }, precise: '0.01234567' });
  });

  test('takes promotions off that need nothing more, each as the difference that it makes, together all of it', () => {
    const both = [
      promotion('ten', percent(1_000), {}, 2),
      promotion('one', { kind: 'AMOUNT', target: EVERYTHING, off: { EUR: 100 } }, {}, 1),
    ];
    const { gross, listPrice, promotions } = price(row(1_000), false, both);
    // 10.00 − 10% − 1.00 = 8.00 net: 11.90 → 10.71 → 9.52 gross
    expect([listPrice.gross.minorUnits, gross.minorUnits]).toEqual([1_190, 952]);
    expect(promotions).toEqual([
      { name: 'The ten', code: 'ten', amount: { minorUnits: 119, currency: 'EUR' } },
      { name: 'The one', code: 'one', amount: { minorUnits: 119, currency: 'EUR' } },
    ]);
  });

  test('takes promotions off for so many only as they ask for', () => {
    const bulk = [promotion('bulk', percent(1_000), { minQuantity: 3 })];
    expect([1, 2, 3].map((quantity) => price(row(1_000), true, bulk, quantity).gross.minorUnits)).toEqual([
      1_000, 1_000, 900,
    ]);
  });

  test('is null without a list that holds a price', () => {
    expect(unitPriceOf(found([]), 'v', 1, rates(0))).toBeNull();
    expect(unitPriceOf(found([holds(list(true), row(100, { minQuantity: 2 }))]), 'v', 1, rates(0))).toBeNull();
    expect(unitPriceOf(found([]), 'other', 1, rates(0))).toBeNull();
  });

  test('always has net + tax = gross, none negative, and promotions that sum to what lies between', () => {
    const amount = fc.integer({ min: 0, max: MAX_PRICE_MINOR });
    const off = fc.array(fc.nat(10_000), { maxLength: 3 });
    fc.assert(
      fc.property(
        amount,
        fc.nat(999_999),
        fc.nat(10_000),
        fc.boolean(),
        off,
        (minor, micros, rate, taxIncluded, shares) => {
          const promotions = shares.map((share, index) => promotion(`p${index}`, percent(share), {}, index));
          const candidates = [holds(list(taxIncluded), row(minor, { micros }))];
          const unit = unitPriceOf(found(candidates, {}, promotions), 'v', 1, rates(rate))!;
          expect(unit.net.minorUnits + unit.tax.minorUnits).toBe(unit.gross.minorUnits);
          expect(Math.min(unit.net.minorUnits, unit.tax.minorUnits)).toBeGreaterThanOrEqual(0);
          const taken = unit.promotions.reduce((sum, each) => sum + each.amount.minorUnits, 0);
          expect(taken).toBe(unit.listPrice.gross.minorUnits - unit.gross.minorUnits);
        },
      ),
      { seed: 6 },
    );
  });
});

describe('priceTiersOf', () => {
  const tiersOf = (of: PricesFound) =>
    priceTiersOf(of, 'v', rates(1_900)).map(({ minQuantity, price: { gross } }) => [minQuantity, gross.minorUnits]);

  test('tells each price once, by all lists of the buyer and promotions by quantity', () => {
    const base = holds(list(true), row(1_000), row(900, { minQuantity: 10 }), row(800, { minQuantity: 50 }));
    const web = holds(
      list(true, { id: 'web', scope: 'CHANNEL', channel: 'web' }),
      row(850, { minQuantity: 20 }),
      row(850, { minQuantity: 30 }),
    );
    expect(tiersOf(found([base]))).toEqual([
      [1, 1_000],
      [10, 900],
      [50, 800],
    ]);
    // From 20 on the list of the channel holds a price, and so it does from 50 on.
    expect(tiersOf(found([base, web]))).toEqual([
      [1, 1_000],
      [10, 900],
      [20, 850],
    ]);
    expect(tiersOf(found([base], {}, [promotion('bulk', percent(5_000), { minQuantity: 5 })]))).toEqual([
      [1, 1_000],
      [5, 500],
      [10, 450],
      [50, 400],
    ]);
  });

  test('begins where the first price begins, has none without a price and 50 at most', () => {
    expect(tiersOf(found([holds(list(true), row(100, { minQuantity: 6 }))]))).toEqual([[6, 100]]);
    expect(tiersOf(found([]))).toEqual([]);
    const many = Array.from({ length: 60 }, (_, index) => row(1_000 - index, { minQuantity: index + 1 }));
    expect(tiersOf(found([holds(list(true), ...many)]))).toHaveLength(50);
  });
});

describe('priceRange', () => {
  test('spans the prices that are there by gross, whatever their lists include', () => {
    const low = price(row(100), true);
    const high = price(row(100), false);
    expect(priceRange([high, null, low])).toEqual({ min: low, max: high });
    expect(priceRange([null])).toBeNull();
    expect(priceRange([])).toBeNull();
  });
});
