import type { VariantFacts } from '../domain/facts.ts';
import type { Candidate, PriceList, PriceRow } from '../domain/lists/price-list.ts';
import type { PreciseAmount } from '../domain/precise-amount.ts';
import { ANYBODY, type Buyer } from '../domain/pricing-context.ts';
import { compilePromotions } from '../domain/promotions/compile-promotions.ts';
import type { GoodsTarget, Promotion, PromotionEffect } from '../domain/promotions/promotion.ts';
import type { CartToPrice } from '../domain/quote/price-cart.ts';
import { normalCode, type CodeStanding } from '../domain/quote/quote-codes.ts';
import type { CartLine } from '../domain/quote/quote.ts';
import type { ShippingOption } from '../domain/shipping/shipping-option.ts';
import type { TaxRate, TaxRounding } from '../domain/taxes/tax-provider.ts';
import { taxRates } from '../domain/taxes/tax-rates.ts';

/** A price for one, or prices by the quantity from which they hold; in minor units, or more exactly. */
export type GivenTiers = number | Readonly<Record<number, number | PreciseAmount>>;

/** A promotion of which only what matters is said; it is active, without conditions and combines with nothing. */
export type GivenRule = Partial<Omit<Promotion, 'conditions'>> & {
  readonly id: string;
  readonly effect: PromotionEffect;
  readonly conditions?: Partial<Promotion['conditions']>;
};

/** A cart and its surroundings, of which only what matters is said. */
export interface GivenCart {
  /** `mug 2, plate 1`: variants and quantities, a line each. */
  readonly cart: string | readonly CartLine[];
  /** Base lists by code, in euro. */
  readonly lists: Readonly<
    Record<string, { taxIncluded: boolean; currency?: string; prices: Readonly<Record<string, GivenTiers>> }>
  >;
  readonly facts: Readonly<Record<string, Partial<VariantFacts>>>;
  readonly rates: readonly TaxRate[];
  readonly rounding: TaxRounding;
  readonly promotions: readonly GivenRule[];
  readonly shipping: readonly (Partial<ShippingOption> & Pick<ShippingOption, 'code' | 'zones'>)[];
  readonly knownCodes: Readonly<Record<string, CodeStanding>>;
  readonly codes: readonly string[];
  readonly currency: string;
  readonly country: string;
  readonly region: string | null;
  readonly buyer: Buyer;
  readonly isExempt: boolean;
  readonly shippingOptionCode: string | null;
  readonly isPickup: boolean;
}

const NOW = new Date('2026-05-05T12:00:00.000Z');
const SINCE = { from: new Date('2026-01-01T00:00:00.000Z'), until: null };
const nowhere = { variantIds: [], productIds: [], categoryIds: [], labels: [] };

/** Every good. */
export const everything: GoodsTarget = { ...nowhere, exclude: nowhere };

/** A cart to price, complete. */
export function givenCart(given: Partial<GivenCart>): CartToPrice {
  const { country = 'DE', region = null, currency = 'EUR', buyer = ANYBODY, rates = [], rounding = 'LINE' } = given;
  const lines = typeof given.cart === 'string' ? linesOf(given.cart) : (given.cart ?? []);
  const context = { channel: 'web', currency, country, region, buyer, isSold: true, now: NOW, assignedList: null };
  return {
    context: { ...context, asOf: String(NOW.getTime() * 1000), isExempt: given.isExempt ?? false },
    lines,
    byVariant: candidatesOf(given.lists ?? {}),
    facts: new Map(
      Object.entries(given.facts ?? {}).map(([variantId, about]) => [variantId, factsOf(variantId, about)]),
    ),
    engine: {
      promotions: compilePromotions((given.promotions ?? []).map(ruleOf)),
      shippingOptions: (given.shipping ?? []).map(optionOf),
      feeSchedules: new Map(),
    },
    taxes: taxRates({ rates, rounding }, { country, region }),
    standing: {
      codes: standingOf(given.codes ?? [], given.knownCodes ?? {}),
      usedUpByCustomer: new Set(),
      orderCount: null,
    },
    codes: given.codes ?? [],
    postalCode: null,
    shippingOptionCode: given.shippingOptionCode ?? null,
    isPickup: given.isPickup ?? false,
  };
}

/** Of codes that were not entered nothing is looked up. */
const standingOf = (entered: readonly string[], known: GivenCart['knownCodes']) =>
  new Map(Object.entries(known).filter(([code]) => entered.some((text) => normalCode(text) === code)));

const linesOf = (text: string): CartLine[] =>
  text.split(', ').map((line, index) => {
    const [variantId, quantity] = line.split(' ') as [string, string];
    return { lineId: String(index), variantId, quantity: Number(quantity) };
  });

function candidatesOf(lists: GivenCart['lists']): Map<string, Candidate[]> {
  const byVariant = new Map<string, Candidate[]>();
  for (const [code, { taxIncluded, currency = 'EUR', prices }] of Object.entries(lists)) {
    const list = listOf(code, taxIncluded, currency);
    for (const [variantId, tiers] of Object.entries(prices)) {
      const candidate = { list, chain: [list], rowsOfChain: [rowsOf(tiers)] };
      byVariant.set(variantId, [...(byVariant.get(variantId) ?? []), candidate]);
    }
  }
  return byVariant;
}

const listOf = (code: string, taxIncluded: boolean, currency: string): PriceList => ({
  id: code,
  code,
  name: code,
  scope: 'BASE',
  subject: null,
  channel: null,
  currency,
  taxIncluded,
  revision: 1,
  version: 1,
  activity: SINCE,
  validity: null,
  derivation: null,
});

function rowsOf(tiers: GivenTiers): PriceRow[] {
  const entries = typeof tiers === 'number' ? [['1', tiers] as const] : Object.entries(tiers);
  return entries
    .map(([minQuantity, amount]) => ({
      minQuantity: Number(minQuantity),
      amount: typeof amount === 'number' ? { minor: amount, micros: 0 } : amount,
      compareAtMinor: null,
    }))
    .sort((left, right) => left.minQuantity - right.minQuantity);
}

const factsOf = (variantId: string, about: Partial<VariantFacts>): VariantFacts => ({
  productId: variantId,
  categoryIds: [],
  labels: [],
  taxCategory: 'standard',
  weightGrams: null,
  ...about,
});

const ruleOf = ({ conditions, ...promotion }: GivenRule): Promotion => ({
  code: promotion.id,
  name: promotion.id,
  version: 1,
  priority: 0,
  combinesWith: [],
  activity: SINCE,
  validity: null,
  needsCode: false,
  limits: { maxUses: null, maxUsesPerCustomer: null, budget: null },
  isExhausted: false,
  ...promotion,
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
    ...conditions,
  },
});

const optionOf = (option: GivenCart['shipping'][number]): ShippingOption => ({
  position: 0,
  version: 1,
  isActive: true,
  name: option.code,
  names: {},
  channels: [],
  currency: 'EUR',
  taxIncluded: true,
  taxCategory: 'standard',
  ...option,
});
