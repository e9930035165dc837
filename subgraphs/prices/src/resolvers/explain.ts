import { badInput } from '@kontor/kit/src/errors.ts';
import type { Context } from '../context.ts';
import type { PriceScope } from '../domain/pricing-context.ts';
import { explainPrice } from '../explain/explain-price.ts';
import { simulatePrice } from '../explain/simulate-price.ts';
import type {
  ExplainPriceInput,
  PriceCandidateResolvers,
  PriceExplanationResolvers,
  PricePeriodResolvers,
  ProductVariantResolvers,
  PromotionTrialResolvers,
  QueryResolvers,
  SimulatedCartResolvers,
} from '../generated/schema.ts';
import { priceScopeOf } from './price-scope.ts';

const MICROS_PER_MS = 1_000;
const MAX_PERIODS = 200;
const MAX_DAYS = 400;
const DEFAULT_CARTS = 100;
const LOSSES: Readonly<Record<string, string>> = {
  SOURCE: 'Other lists derive from it; nobody buys by it.',
  OTHER_CURRENCY: 'It is in another currency.',
  OTHER_CHANNEL: 'It is for another channel.',
  OTHER_BUYER: 'It is for other buyers.',
  DRAFT: 'It is a draft.',
  NOT_ACTIVE: 'It is not active yet, or not any more.',
  OUTSIDE_VALIDITY: 'Its dates do not hold this moment.',
  NOT_SOLD: 'The channel does not sell in this currency.',
  NO_TIER: 'It holds no price for so small a quantity, or what it derives from is not in force.',
  LESS_SPECIFIC: 'A list that is more specific holds a price.',
  FOR_ALL_CHANNELS: 'A list of this channel comes before one of all channels.',
  UNDATED: 'A list with dates comes before one without.',
  DEARER_GROUP: 'Of the lists of several groups the cheapest counts.',
  LATER_ID: 'Two lists are alike; the older one counts.',
};

/** Why a price is what it is, what it was, and what it would be. */
export const explainQueries: Required<Pick<QueryResolvers, 'explainPrice' | 'simulatePrice'>> = {
  explainPrice: (_, { input }, ctx) =>
    explainPrice(ctx, {
      scope: scopeOf(input),
      variantId: input.variantId,
      quantity: input.quantity ?? 1,
      moment: momentOf(input),
    }),
  simulatePrice: (_, { input }, ctx) =>
    simulatePrice(ctx, {
      priceListCode: input.priceListCode ?? null,
      promotionCode: input.promotionCode ?? null,
      channel: input.channel ?? null,
      cartCount: input.carts ?? DEFAULT_CARTS,
    }),
};

const PriceExplanation: PriceExplanationResolvers = {
  asOf: ({ asOf }) => asOf.toISOString(),
};

const PriceCandidate: PriceCandidateResolvers = {
  priceList: ({ list }) => list,
  won: ({ reason }) => reason === null,
  message: ({ reason }) => (reason === null ? null : LOSSES[reason]!),
};

const PromotionTrial: PromotionTrialResolvers = {
  promotionId: ({ promotion }) => promotion.id,
  code: ({ promotion }) => promotion.code,
  name: ({ promotion }) => promotion.name,
  rivalId: ({ rival }) => rival,
};

const SimulatedCart: SimulatedCartResolvers = {
  placedAt: ({ placedAt }) => placedAt.toISOString(),
};

const toInstant = (micros: number): string => new Date(Math.floor(micros / MICROS_PER_MS)).toISOString();

const PricePeriod: PricePeriodResolvers = {
  from: ({ from }) => toInstant(from),
  until: ({ until }) => toInstant(until),
};

export const explainTypes = { PriceExplanation, PriceCandidate, PromotionTrial, SimulatedCart, PricePeriod };

/** What prices of variants were. */
export const variantHistory: Pick<ProductVariantResolvers, 'lowestPrice30Days' | 'priceHistory'> = {
  async lowestPrice30Days(variant, input, ctx: Context) {
    const lowest = await ctx.loaders.lowestPrices(priceScopeOf(ctx, input)).load(variant.id);
    return lowest && { price: lowest.price, from: toInstant(lowest.from), until: toInstant(lowest.until) };
  },
  async priceHistory(variant, { days, ...input }, ctx: Context) {
    const reach = days ?? 30;
    if (reach < 1 || reach > MAX_DAYS) throw badInput(`days is from 1 to ${MAX_DAYS}.`, ['days']);
    const periods = await ctx.loaders.priceHistory(priceScopeOf(ctx, input), reach).load(variant.id);
    return periods.slice(0, MAX_PERIODS);
  },
};

function scopeOf(input: ExplainPriceInput): PriceScope {
  const { channel, currency, country, region, customerId, companyId, companyLocationId, groups } = input;
  return {
    channel,
    currency: currency ?? null,
    country: country ?? null,
    region: region ?? null,
    buyer: {
      customerId: customerId ?? null,
      companyId: companyId ?? null,
      companyLocationId: companyLocationId ?? null,
      groups: groups ?? [],
    },
  };
}

/** The moment that is asked for, in microseconds since the epoch; null for now. */
function momentOf({ at, revision }: ExplainPriceInput): number | null {
  if (at != null && revision != null)
    throw badInput('Name a moment or a revision, one of both.', ['input', 'revision']);
  if (at != null) return new Date(at).getTime() * MICROS_PER_MS;
  if (revision == null) return null;
  const moment = /^\d{1,16}$/.test(revision) ? Number(revision) : NaN;
  if (!Number.isSafeInteger(moment))
    throw badInput('This is not the revision of a price or a quote.', ['input', 'revision']);
  return moment;
}
