import { applyPromotions } from '@kontor/prices/src/domain/promotions/apply-promotions.ts';
import { compilePromotions } from '@kontor/prices/src/domain/promotions/compile-promotions.ts';
import type { PromotionCart, PromotionLine } from '@kontor/prices/src/domain/promotions/promotion-cart.ts';
import type { GoodsTarget, Promotion, PromotionEffect } from '@kontor/prices/src/domain/promotions/promotion.ts';
import { unitPromotions } from '@kontor/prices/src/domain/promotions/unit-promotions.ts';
import { ANYBODY } from '@kontor/prices/src/domain/pricing-context.ts';
import type { Figure } from '../report.ts';

const SCENARIO = '12 prices';
const LINES = 50;
const LISTING = 72;
const PROMOTIONS = 200;
const WARM_UP = 400;
const BATCH = 100;
const BATCHES = 12;

const uuid = (kind: number, number: number) => `0000000${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;
const EMPTY = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
const target = (names: Partial<GoodsTarget>): GoodsTarget => ({ ...EMPTY, exclude: EMPTY, ...names });

/** Goods of thirty categories below five, with a brand and some attributes, as the catalogue has them. */
const line = (index: number): PromotionLine => ({
  variantId: uuid(1, index),
  quantity: 1 + (index % 4),
  unit: { minor: 990 + ((index * 617) % 9_000), micros: 0 },
  taxIncluded: true,
  taxBasisPoints: 1900,
  facts: {
    productId: uuid(2, Math.floor(index / 2)),
    categoryIds: [uuid(3, index % 30), uuid(4, index % 5), uuid(4, 99)],
    labels: [
      `vendor:v${index % 12}`,
      `tag:t${index % 7}`,
      `tag:s${index % 3}`,
      `attribute:colour=c${index % 9}`,
      `attribute:size=z${index % 6}`,
    ],
    taxCategory: 'standard',
    weightGrams: 300,
  },
});

/** Promotions of every kind for goods of every sort: each means some of the lines, one in ten the whole cart. */
function effectOf(index: number): PromotionEffect {
  const targets = [
    target({ categoryIds: [uuid(3, index % 30)] }),
    target({ labels: [`vendor:v${index % 12}`] }),
    target({ labels: [`attribute:colour=c${index % 9}`, `tag:t${index % 7}`] }),
    target({ categoryIds: [uuid(4, index % 5)], exclude: { ...EMPTY, labels: [`tag:s${index % 3}`] } }),
    target({ productIds: [uuid(2, index % 25)] }),
  ];
  const some = index % 10 === 9 ? target({}) : targets[index % targets.length]!;
  const other = targets[(index + 1) % targets.length]!;
  switch (index % 8) {
    case 0:
    case 1:
      return { kind: 'PERCENT', target: some, basisPoints: 500 + (index % 20) * 100 };
    case 2:
      return { kind: 'AMOUNT', target: some, off: { EUR: 100 + index, USD: 110 + index } };
    case 3:
      return {
        kind: 'BUY_GET',
        buy: some,
        buyQuantity: 2,
        get: some,
        getQuantity: 1,
        basisPoints: 10_000,
        maxTimes: null,
      };
    case 4:
      return { kind: 'BUNDLE', parts: [{ target: some, quantity: 1 }, { target: other, quantity: 2 }], price: { EUR: 6_000 }, maxTimes: null }; // prettier-ignore
    case 5:
      return index % 16 === 5
        ? { kind: 'GIFT', variantId: uuid(1, index % 60), quantity: 1 }
        : { kind: 'FREE_SHIPPING', optionCodes: [] };
    case 6:
      return { kind: 'CART_PERCENT', target: some, basisPoints: 300 + (index % 10) * 100 };
    default:
      return { kind: 'CART_AMOUNT', target: some, off: { EUR: 500 } };
  }
}

const promotion = (index: number): Promotion => ({
  id: uuid(5, index),
  code: `promotion-${index}`,
  name: `Promotion ${index}`,
  version: 1,
  priority: index % 6,
  combinesWith: index % 3 === 0 ? [] : ['PRODUCT', 'ORDER', 'SHIPPING'],
  effect: effectOf(index),
  conditions: {
    channels: index % 4 === 0 ? ['web', 'mobile'] : [],
    groups: [],
    companyIds: [],
    countries: index % 5 === 0 ? ['DE', 'AT'] : [],
    minQuantity: index % 7 === 0 ? 2 : null,
    counting: null,
    minSubtotal: index % 6 === 0 ? { EUR: 5_000 } : null,
    firstOrder: false,
    daysOfWeek: index % 9 === 0 ? [1, 2, 3, 4, 5, 6, 7] : [],
    fromMinute: null,
    untilMinute: null,
    timeZone: 'Europe/Berlin',
  },
  activity: { from: new Date('2026-01-01T00:00:00Z'), until: null },
  validity: null,
  needsCode: false,
  limits: { maxUses: null, maxUsesPerCustomer: null, budget: null },
  isExhausted: false,
});

const context = () => ({
  channel: 'web',
  currency: 'EUR',
  country: 'DE',
  region: null,
  buyer: ANYBODY,
  isSold: true,
  asOf: '1772445600000000',
  now: new Date('2026-03-02T10:00:00Z'),
  isExempt: false,
  assignedList: null,
});

/** The processor's time of one call in milliseconds: the least of several batches, since others share the machine. */
function cpuMs(call: () => unknown): number {
  for (let round = 0; round < WARM_UP; round += 1) call();
  let least = Infinity;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const before = process.cpuUsage();
    for (let round = 0; round < BATCH; round += 1) call();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000 / BATCH);
  }
  return least;
}

/** The promotion engine alone: a cart of 50 lines, and a listing of 72 variants, on 200 promotions that are in force; a new context each time. */
export function promotionFigures(note: (figure: Figure) => void): void {
  const compiled = compilePromotions(Array.from({ length: PROMOTIONS }, (_, index) => promotion(index)));
  const none = compilePromotions([]);
  const cart = (): PromotionCart => ({
    context: context(),
    lines,
    codes: new Map(),
    usedUpByCustomer: new Set(),
    orderCount: null,
    shipping: { optionCode: 'standard', amountMinor: 490 },
  });
  const lines = Array.from({ length: LINES }, (_, index) => line(index));
  const listed = Array.from({ length: LISTING }, (_, index) => ({ ...line(index), quantity: 1 }));
  const list = (by: typeof compiled) => {
    const here = context();
    return listed.map((each) => unitPromotions(by, each, here));
  };
  note({
    scenario: SCENARIO,
    what: `promotions of a cart, ${LINES} lines × ${PROMOTIONS} promotions`,
    value: cpuMs(() => applyPromotions(compiled, cart())),
    unit: 'ms of CPU',
    floor: { value: cpuMs(() => applyPromotions(none, cart())), what: 'the same cart without promotions' },
    goal: '≤ 2.5 ms',
  });
  note({
    scenario: SCENARIO,
    what: `unit promotions of a listing, ${LISTING} variants × ${PROMOTIONS} promotions`,
    value: cpuMs(() => list(compiled)),
    unit: 'ms of CPU',
    floor: { value: cpuMs(() => list(none)), what: 'the same listing without promotions' },
    goal: 'of the 1.5 ms of a page',
  });
}
