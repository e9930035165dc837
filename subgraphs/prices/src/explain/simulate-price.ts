import { setImmediate } from 'node:timers/promises';
import { badInput, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { money, type Money } from '@kontor/kit/src/money.ts';
import { findPlacedCarts, type PlacedCart } from '../data/explain/find-placed-carts.ts';
import { isKnown } from '../data/explain/is-known.ts';
import { candidatesAt, statesAt } from '../domain/explain/timeline.ts';
import { type Draft, withDraft } from '../domain/explain/simulate-cart.ts';
import type { Candidate } from '../domain/lists/price-list.ts';
import type { PriceScope } from '../domain/pricing-context.ts';
import type { PricesFound } from '../domain/prices-found.ts';
import { NO_STANDING, quoteCart } from '../domain/quote/price-cart.ts';
import type { CartQuote } from '../domain/quote/quote.ts';
import type { TaxRates } from '../domain/taxes/tax-provider.ts';
import { type Past, type PastSource, readPast } from './read-past.ts';

const MAX_CARTS = 500;
const MAX_VARIANTS = 5_000;
const MAX_TOLD = 20;
/** Carts that are priced before others get their turn. */
const CARTS_PER_SLICE = 20;

/** What is simulated with which carts. */
export interface SimulationQuestion {
  readonly priceListCode: string | null;
  readonly promotionCode: string | null;
  /** Null for all channels. */
  readonly channel: string | null;
  readonly cartCount: number;
}

/** What a cart would have cost. */
export interface SimulatedCart {
  readonly orderId: string;
  readonly placedAt: Date;
  readonly channel: string;
  readonly before: Money;
  readonly after: Money;
  readonly lines: {
    readonly variantId: string;
    readonly quantity: number;
    readonly before: Money;
    readonly after: Money;
  }[];
}

export interface Simulation {
  readonly __typename: 'PriceSimulation';
  /** Carts that were priced; the others hold something that has no price now. */
  readonly pricedCount: number;
  readonly unpricedCount: number;
  readonly changedCount: number;
  readonly totals: { readonly currency: string; readonly before: Money; readonly after: Money }[];
  /** Those that change most, the largest difference first. */
  readonly carts: SimulatedCart[];
}

export type SimulationOutcome = Simulation | ReturnType<typeof notFound> | ReturnType<typeof invalidInput>;

/**
 * Prices the newest carts that were placed twice, by what is in force now and as if the draft were, too: goods without shipping, without codes
 * and without what counts a customer's uses. Nothing is changed.
 * @throws GraphQLError BAD_USER_INPUT for a count out of bounds.
 */
export async function simulatePrice(source: PastSource, question: SimulationQuestion): Promise<SimulationOutcome> {
  const { priceListCode, promotionCode, channel, cartCount } = question;
  if (cartCount < 1 || cartCount > MAX_CARTS) throw badInput(`carts is from 1 to ${MAX_CARTS}.`, ['input', 'carts']);
  if ((priceListCode === null) === (promotionCode === null))
    return invalidInput('NOTHING_TO_SIMULATE', 'Name a price list or a promotion, one of both.', ['input']);
  if (!(await isKnown(source.db, question))) return unknown(question);
  const placed = bounded(await findPlacedCarts(source.db, { channel, limit: cartCount }));
  const simulated: SimulatedCart[] = [];
  let unpricedCount = 0;
  for (const carts of Map.groupBy(placed, contextKey).values()) {
    const variantIds = [...new Set(carts.flatMap(({ lines }) => lines.map(({ variantId }) => variantId)))];
    const draftCode = priceListCode ?? promotionCode;
    const past = await readPast(source, scopeOf(carts[0]!), variantIds, { from: (now) => now, draftCode });
    const after = past && withDraft(past.present, draftOf(past, question));
    for (const [index, cart] of carts.entries()) {
      if (index % CARTS_PER_SLICE === CARTS_PER_SLICE - 1) await setImmediate();
      const priced = past && after && simulate(cart, past.present, after, past.taxes);
      if (priced) simulated.push(priced);
      else unpricedCount += 1;
    }
  }
  return told(simulated, unpricedCount);
}

/** The newest carts that together hold so many variants as can be looked up. */
function bounded(carts: readonly PlacedCart[]): PlacedCart[] {
  let variants = 0;
  return carts.filter(({ lines }) => (variants += lines.length) <= MAX_VARIANTS);
}

const unknown = ({ priceListCode, promotionCode }: SimulationQuestion) =>
  priceListCode === null
    ? notFound(`There is no promotion "${promotionCode}".`, ['input', 'promotionCode'])
    : notFound(`There is no price list "${priceListCode}".`, ['input', 'priceListCode']);

/** Carts of one key are priced in one scope. */
const contextKey = ({ channel, currency, country, companyId, companyLocationId, groups }: PlacedCart): string =>
  JSON.stringify([channel, currency, country, companyId, companyLocationId, groups]);

const scopeOf = ({ channel, currency, country, companyId, companyLocationId, groups }: PlacedCart): PriceScope => ({
  channel,
  currency,
  country,
  region: null,
  buyer: { customerId: null, companyId, companyLocationId, groups },
});

function draftOf({ timeline, now }: Past, { priceListCode, promotionCode }: SimulationQuestion): Draft {
  const list = new Map<string, Candidate>();
  for (const [variantId, candidates] of candidatesAt(timeline, now)) {
    const candidate = candidates.find((each) => each.list.code === priceListCode);
    if (candidate) list.set(variantId, candidate);
  }
  const promotion = statesAt(timeline.promotions, now).find(({ code }) => code === promotionCode) ?? null;
  return { list, promotion };
}

/** A cart now and with the draft; null when something of it has no price in one of both. */
function simulate(cart: PlacedCart, now: PricesFound, drafted: PricesFound, taxes: TaxRates): SimulatedCart | null {
  const [before, after] = [now, drafted].map((found) => quoteGoods(cart, found, taxes));
  if (!before || !after) return null;
  const costs = new Map(after.variants.map(({ variantId, total }) => [variantId, total.gross]));
  return {
    orderId: cart.orderId,
    placedAt: cart.placedAt,
    channel: cart.channel,
    before: before.goodsTotal.gross,
    after: after.goodsTotal.gross,
    lines: before.variants.flatMap(({ variantId, quantity, total }) => {
      const cost = costs.get(variantId)!;
      return cost.minorUnits === total.gross.minorUnits
        ? []
        : [{ variantId, quantity, before: total.gross, after: cost }];
    }),
  };
}

function quoteGoods({ lines }: PlacedCart, found: PricesFound, taxes: TaxRates): CartQuote | null {
  const quote = quoteCart({
    ...found,
    lines: lines.map((line, index) => ({ ...line, lineId: String(index) })),
    taxes,
    standing: NO_STANDING,
    codes: [],
    postalCode: null,
    shippingOptionCode: null,
    isPickup: true,
  });
  return quote && quote.unpriced.length === 0 ? quote : null;
}

const difference = ({ before, after }: { before: Money; after: Money }): number =>
  Math.abs(after.minorUnits - before.minorUnits);

function told(simulated: readonly SimulatedCart[], unpricedCount: number): Simulation {
  const changed = simulated.filter((cart) => difference(cart) > 0);
  const totals = [...Map.groupBy(simulated, ({ before }) => before.currency)].map(([currency, carts]) => ({
    currency,
    before: money(
      carts.reduce((sum, { before }) => sum + before.minorUnits, 0),
      currency,
    ),
    after: money(
      carts.reduce((sum, { after }) => sum + after.minorUnits, 0),
      currency,
    ),
  }));
  return {
    __typename: 'PriceSimulation',
    pricedCount: simulated.length,
    unpricedCount,
    changedCount: changed.length,
    totals,
    carts: changed.sort((one, other) => difference(other) - difference(one)).slice(0, MAX_TOLD),
  };
}
