import type { Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { TaxedMoney } from '@kontor/kit/src/money.ts';
import { findCandidates, type Candidates } from '../data/price-candidates.ts';
import {
  priceCart,
  quantities,
  type CartLine,
  type CartPrices,
  type PricedLine,
  type VariantAmount,
} from '../domain/price-cart.ts';
import { isPromisedFor } from '../domain/quote-promise.ts';
import { selectPrice } from '../domain/select-price.ts';
import { readQuote, signQuote } from './quote-token.ts';

const MAX_LINES = 500;
const MAX_QUANTITY = 10_000;
const VALID_MS = 15 * 60_000;

export interface Quoting {
  readonly db: Database;
  readonly clock: Clock;
  readonly quoteKey: () => Promise<Uint8Array>;
}

/** A cart in a context; absent currency and country are the channel's defaults. */
export interface QuoteRequest {
  readonly channel: string;
  readonly currency: string | null;
  readonly country: string | null;
  readonly lines: readonly CartLine[];
  readonly quoteToken: string | null;
}

export interface QuoteAnswer {
  readonly currency: string;
  readonly country: string;
  readonly taxRateBasisPoints: number;
  /** Aligned with the request. */
  readonly lines: readonly PricedLine[];
  readonly total: TaxedMoney;
  /** Null when a line has no price. */
  readonly token: string | null;
  readonly expiresAt: Date;
}

/**
 * Prices a cart with one SQL statement. A token that was given for the same cart in the same context is honoured while it is valid,
 * and answered again with its own end; any other token is as good as none: who asks compares with what the shopper expects.
 * @throws GraphQLError BAD_USER_INPUT for too many lines, a bad quantity, an unknown channel, a total beyond 2^53.
 */
export async function answerQuote({ db, clock, quoteKey }: Quoting, request: QuoteRequest): Promise<QuoteAnswer> {
  const lines = acceptLines(request.lines);
  const bought = quantities(lines);
  const found = await findCandidates(db.sql, { ...request, variantIds: [...bought.keys()].filter(isId) });
  if (!found) throw badInput(`There is no channel "${request.channel}".`, ['input', 'channel']);
  const { context } = found;
  const now = clock.now();

  const given = request.quoteToken === null ? null : await readQuote(request.quoteToken, await quoteKey(), now);
  const honoured = given && isPromisedFor(given.promised, context, bought) ? given : null;
  const prices = honoured ? honoured.promised.prices : currentPrices(found);
  const priced = priceCart(lines, prices);
  if (!priced) throw badInput('The cart costs more than can be told exactly.', ['input', 'lines']);

  const expiresAt = honoured?.expiresAt ?? new Date(now.getTime() + VALID_MS);
  const promised = { channel: context.channel, country: context.country, prices, quantities: bought };
  const sign = async () => signQuote(promised, await quoteKey(), { issuedAt: now, expiresAt });
  const isWhole = priced.lines.every((line) => line.total);
  return {
    currency: context.currency,
    country: context.country,
    taxRateBasisPoints: prices.taxRateBasisPoints,
    ...priced,
    token: honoured ? request.quoteToken : isWhole ? await sign() : null,
    expiresAt,
  };
}

function acceptLines(lines: readonly CartLine[]): CartLine[] {
  if (lines.length > MAX_LINES)
    throw badInput(`A quote takes at most ${MAX_LINES} lines, not ${lines.length}.`, ['input', 'lines']);
  return lines.map((line, index) => {
    if (line.quantity < 1 || line.quantity > MAX_QUANTITY)
      throw badInput(`A quantity is from 1 to ${MAX_QUANTITY}.`, ['input', 'lines', String(index), 'quantity']);
    // One spelling of a UUID, so that lines of one variant are known as such.
    return { ...line, variantId: line.variantId.toLowerCase() };
  });
}

function currentPrices({ context, byVariant }: Candidates): CartPrices {
  const amounts = new Map<string, VariantAmount>();
  for (const [variantId, candidates] of byVariant) {
    const winner = selectPrice(candidates, context);
    if (!winner) continue;
    const { amountMinor, list } = winner;
    amounts.set(variantId, { amountMinor, taxIncluded: list.taxIncluded, priceListCode: list.code });
  }
  return { currency: context.currency, taxRateBasisPoints: context.taxRateBasisPoints, amounts };
}
