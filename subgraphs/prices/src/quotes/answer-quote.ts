import type { Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { findStanding } from '../data/promotions/find-standing.ts';
import { findPrices } from '../data/reading/find-prices.ts';
import type { PricesFound } from '../domain/prices-found.ts';
import { cartQuantities } from '../domain/quote/cart-quantities.ts';
import { NO_STANDING, quoteCart, type BuyerStanding } from '../domain/quote/price-cart.ts';
import {
  givenQuote,
  isOtherPlace,
  isPromisedFor,
  isSentAlike,
  type PromisedContext,
  type PromisedQuote,
} from '../domain/quote/promised-quote.ts';
import type { CartQuote, GivenQuote } from '../domain/quote/quote.ts';
import { STANDARD_CATEGORY } from '../domain/taxes/tax-rates.ts';
import type { TaxProvider, TaxRates } from '../domain/taxes/tax-provider.ts';
import type { EngineCache } from '../domain/engine.ts';
import { promisedBuyer } from './promised-buyer.ts';
import type { QuoteRequest } from './quote-request.ts';
import { MAX_TOKEN_LENGTH, readQuote, signQuote } from './quote-token.ts';

const VALID_MS = 15 * 60_000;

/** What quoting needs. */
export interface Quoting {
  readonly db: Database;
  readonly clock: Clock;
  readonly engines: EngineCache;
  readonly taxes: TaxProvider;
  readonly quoteKey: () => Promise<Uint8Array>;
}

/** What a cart costs, and the promise of it. */
export interface QuoteAnswer {
  readonly context: PromisedContext;
  readonly quote: CartQuote;
  /** What became of the token that was given; null when none was. */
  readonly given: GivenQuote | null;
  /** Null when a variant has no price. */
  readonly token: string | null;
  readonly expiresAt: Date;
}

/**
 * Prices a cart with one SQL statement, and one more for what is kept of codes (beside it) or of a buyer whom a promotion counts (behind it). A token
 * that was given for the same cart in the same context is honoured while it is valid, and answered again with its own end. For any other
 * token the answer is what the cart costs now, beside what the token promised. Promotions that were used up since the promise are found by
 * the hold.
 * @throws GraphQLError BAD_USER_INPUT for an unknown channel, a total beyond 2^53, a cart too large to be promised.
 */
export async function answerQuote(quoting: Quoting, request: QuoteRequest): Promise<QuoteAnswer> {
  const quantities = cartQuantities(request.lines);
  const key = await quoting.quoteKey();
  const now = quoting.clock.now();
  const [found, standingOfCodes, read] = await Promise.all([
    findPrices(quoting, { scope: request, variantIds: [...quantities.keys()] }),
    request.normalCodes.length > 0 ? standingOf(quoting.db, request) : null,
    request.quoteToken === null ? null : readQuote(request.quoteToken, key, now),
  ]);
  if (!found) throw badInput(`There is no channel "${request.channel}".`, ['input', 'channel']);
  const context = promisedContext(request, found, key);

  const isPromised =
    read !== null && !read.isExpired && found.context.isSold && isPromisedFor(read.promised, context, quantities);
  if (isPromised && !isOtherPlace(read.promised, context)) return honoured(read, request);
  const standing =
    standingOfCodes ?? (countsBuyer(request, found) ? await standingOf(quoting.db, request) : NO_STANDING);
  const quote = quoteCart({ ...request, ...found, standing, taxes: await ratesOf(quoting.taxes, found) });
  if (!quote) throw badInput('The cart costs more than can be told exactly.', ['input', 'lines']);
  if (isPromised && isSentAlike(read.promised.quote, quote)) return honoured(read, request);
  const expiresAt = new Date(now.getTime() + VALID_MS);
  return {
    context,
    quote,
    given: request.quoteToken === null ? null : refused(read),
    token: quote.unpriced.length > 0 ? null : await promise({ context, quote }, key, { issuedAt: now, expiresAt }),
    expiresAt,
  };
}

const honoured = ({ promised, expiresAt }: Given, { quoteToken }: QuoteRequest): QuoteAnswer => ({
  ...promised,
  given: givenQuote('HONOURED', promised),
  token: quoteToken,
  expiresAt,
});

type Given = NonNullable<Awaited<ReturnType<typeof readQuote>>>;

const standingOf = (db: Database, { normalCodes, buyer, guestKey }: QuoteRequest): Promise<BuyerStanding> =>
  findStanding(db.sql, { codes: normalCodes, buyer, guestKey });

/** Nothing is looked up of a buyer while no promotion without a code counts what they did. */
const countsBuyer = ({ buyer, guestKey }: QuoteRequest, { engine }: PricesFound): boolean =>
  (buyer.customerId !== null || guestKey !== null) &&
  engine.promotions.rules.some(
    ({ promotion: { needsCode, limits, conditions } }) =>
      !needsCode && (limits.maxUsesPerCustomer !== null || conditions.firstOrder),
  );

/** The rates of all goods of the cart, and of all options of shipping. */
async function ratesOf(taxes: TaxProvider, { context, facts, engine, taxTable }: PricesFound): Promise<TaxRates> {
  const categories = new Set([STANDARD_CATEGORY]);
  for (const { taxCategory } of facts.values()) categories.add(taxCategory);
  for (const { taxCategory } of engine.shippingOptions) categories.add(taxCategory);
  return taxes.rates({ country: context.country, region: context.region }, [...categories], taxTable);
}

function promisedContext(request: QuoteRequest, { context }: PricesFound, key: Uint8Array): PromisedContext {
  const { channel, currency, country, region, asOf } = context;
  const { postalCode, normalCodes, shippingOptionCode, isPickup, buyer } = request;
  const where = { channel, currency, country, region, postalCode };
  return { ...where, buyer: promisedBuyer(buyer, key), codes: normalCodes, shippingOptionCode, isPickup, asOf };
}

const refused = (read: Awaited<ReturnType<typeof readQuote>>): GivenQuote =>
  read ? givenQuote(read.isExpired ? 'EXPIRED' : 'OTHER_CART', read.promised) : givenQuote('FORGED', null);

async function promise(promised: PromisedQuote, key: Uint8Array, times: { issuedAt: Date; expiresAt: Date }) {
  const token = await signQuote(promised, key, times);
  if (token.length > MAX_TOKEN_LENGTH) throw badInput('The cart is too large to be promised.', ['input', 'lines']);
  return token;
}
