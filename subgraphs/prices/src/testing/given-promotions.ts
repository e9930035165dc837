import { ANYBODY, type Buyer, type PricingContext } from '../domain/pricing-context.ts';
import type { VariantFacts } from '../domain/facts.ts';
import type { PromotionCart, PromotionLine } from '../domain/promotions/promotion-cart.ts';
import type {
  AmountByCurrency,
  GoodsTarget,
  Promotion,
  PromotionClass,
  PromotionConditions,
  PromotionEffect,
  PromotionLimits,
} from '../domain/promotions/promotion.ts';

/** What the carts of the tests are filled with: the usual gross unit price in cents, and what is known of it. */
const GOODS: Readonly<Record<string, { cents: number; category: string; labels?: string[] }>> = {
  shirt: { cents: 2000, category: 'clothes', labels: ['tag:new', 'attribute:colour=red'] },
  jacket: { cents: 8000, category: 'clothes', labels: ['vendor:Nord'] },
  socks: { cents: 500, category: 'clothes' },
  mug: { cents: 1000, category: 'kitchen' },
  kettle: { cents: 4000, category: 'kitchen', labels: ['vendor:Nord'] },
  book: { cents: 1250, category: 'books' },
  pen: { cents: 100, category: 'books' },
};

const EMPTY = { variantIds: [], productIds: [], categoryIds: [], labels: [] };

/** A target in words: `shirt`, `category:clothes`, `product:shirt`, or a label such as `tag:new`; with a minus before, what is left out. */
export function goods(...words: string[]): GoodsTarget {
  const names = (list: string[]) => {
    const of = (prefix: string) => list.flatMap((word) => (word.startsWith(prefix) ? [word.slice(prefix.length)] : []));
    return {
      variantIds: list.filter((word) => !word.includes(':')),
      productIds: of('product:'),
      categoryIds: of('category:'),
      labels: list.filter((word) => /^(tag|vendor|type|attribute):/.test(word)),
    };
  };
  const left = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
  return { ...names(words.filter((word) => !word.startsWith('-'))), exclude: names(left) };
}

export const EVERYTHING: GoodsTarget = { ...EMPTY, exclude: EMPTY };

/** Euros as cents, by currency. */
export const euros = (amount: number): AmountByCurrency => ({ EUR: Math.round(amount * 100) });

export const percent = (share: number, target = EVERYTHING): PromotionEffect => ({
  kind: 'PERCENT',
  target,
  basisPoints: Math.round(share * 100),
});
export const amountOff = (amount: number, target = EVERYTHING): PromotionEffect => ({
  kind: 'AMOUNT',
  target,
  off: euros(amount),
});
export const orderPercent = (share: number, target = EVERYTHING): PromotionEffect => ({
  kind: 'CART_PERCENT',
  target,
  basisPoints: Math.round(share * 100),
});
export const orderAmount = (amount: number, target = EVERYTHING): PromotionEffect => ({
  kind: 'CART_AMOUNT',
  target,
  off: euros(amount),
});
export const buyGet = (
  [buyQuantity, buy]: [number, GoodsTarget],
  [getQuantity, get]: [number, GoodsTarget],
  share = 100,
  maxTimes: number | null = null,
): PromotionEffect => ({
  kind: 'BUY_GET',
  buy,
  buyQuantity,
  get,
  getQuantity,
  basisPoints: Math.round(share * 100),
  maxTimes,
});
export const bundle = (
  price: number,
  parts: [number, GoodsTarget][],
  maxTimes: number | null = null,
): PromotionEffect => ({
  kind: 'BUNDLE',
  parts: parts.map(([quantity, target]) => ({ quantity, target })),
  price: euros(price),
  maxTimes,
});
export const gift = (variantId: string, quantity = 1): PromotionEffect => ({ kind: 'GIFT', variantId, quantity });
export const freeShipping = (...optionCodes: string[]): PromotionEffect => ({ kind: 'FREE_SHIPPING', optionCodes });

export const NO_CONDITIONS: PromotionConditions = {
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
};

const NO_LIMITS: PromotionLimits = { maxUses: null, maxUsesPerCustomer: null, budget: null };

export interface GivenPromotion {
  priority?: number;
  /** With whom it combines: classes, separated by blanks. */
  with?: string;
  when?: Partial<PromotionConditions>;
  limits?: Partial<PromotionLimits>;
  needsCode?: boolean;
  isExhausted?: boolean;
  activity?: Promotion['activity'];
  validity?: Promotion['validity'];
}

/** A promotion that is in force; its id is its code. */
export const promotion = (code: string, effect: PromotionEffect, given: GivenPromotion = {}): Promotion => ({
  id: code,
  code,
  name: code,
  version: 1,
  priority: given.priority ?? 0,
  combinesWith: (given.with ?? '').split(' ').filter((each): each is PromotionClass => each !== ''),
  effect,
  conditions: { ...NO_CONDITIONS, ...given.when },
  activity: given.activity === undefined ? { from: null, until: null } : given.activity,
  validity: given.validity ?? null,
  needsCode: given.needsCode ?? false,
  limits: { ...NO_LIMITS, ...given.limits },
  isExhausted: given.isExhausted ?? false,
});

/** Monday, 2 March 2026, 10:00 in UTC and 11:00 in Berlin. */
export const MONDAY = new Date('2026-03-02T10:00:00Z');

export const givenContext = (given: Partial<Omit<PricingContext, 'buyer'>> & { buyer?: Partial<Buyer> } = {}) => {
  const now = given.now ?? MONDAY;
  return {
    channel: 'web',
    currency: 'EUR',
    country: 'DE',
    region: null,
    isSold: true,
    asOf: `${now.getTime()}000`,
    isExempt: false,
    assignedList: null,
    ...given,
    now,
    buyer: { ...ANYBODY, ...given.buyer },
  } satisfies PricingContext;
};

/** What is known of one of the goods. */
export const factsOf = (variantId: string): VariantFacts | null => {
  const known = Object.hasOwn(GOODS, variantId) ? GOODS[variantId]! : null;
  return (
    known && {
      productId: variantId,
      categoryIds: [known.category, 'all'],
      labels: known.labels ?? [],
      taxCategory: 'standard',
      weightGrams: null,
    }
  );
};

/**
 * A line in words: `3 shirt` at its usual price, `3 shirt at 19.99`, `3 shirt at 19.99 net` with 19 % tax to come; six more digits are
 * millionths of a cent: `100 screw at 0.012345`.
 */
export function givenLine(words: string): PromotionLine {
  const match = /^(\d+) (\S+)(?: at (\d+)\.(\d{2})(\d{0,6}))?( net)?$/.exec(words);
  if (!match) throw new Error(`No line: ${words}`);
  const [, quantity, variantId, whole, cents, micros, net] = match;
  const unit =
    whole === undefined
      ? { minor: GOODS[variantId!]!.cents, micros: 0 }
      : { minor: Number(whole + cents), micros: Number(micros!.padEnd(6, '0')) };
  return {
    variantId: variantId!,
    quantity: Number(quantity),
    unit,
    taxIncluded: net === undefined,
    taxBasisPoints: 1900,
    facts: factsOf(variantId!),
  };
}

/** A cart of lines in words, in the order of their variants. */
export const givenCart = (lines: readonly string[], given: Partial<PromotionCart> = {}): PromotionCart => ({
  context: givenContext(),
  lines: lines.map(givenLine).sort((a, b) => (a.variantId < b.variantId ? -1 : 1)),
  codes: new Map(),
  usedUpByCustomer: new Set(),
  orderCount: null,
  shipping: null,
  ...given,
});
