import { badInput } from '@kontor/kit/src/errors.ts';
import { setPriceList } from '../commands/set-price-list.ts';
import { setPrices } from '../commands/set-prices.ts';
import { upsertTaxRates } from '../commands/upsert-tax-rates.ts';
import { taxRatesFault } from '../domain/tax-rate.ts';
import type { PriceListUpsertInput, QuoteInput, Resolvers } from '../generated/internal.ts';
import { answerQuote, type QuoteRequest } from '../quotes/answer-quote.ts';
import { listPriceQueries } from './prices-of-list.ts';
import { toPriceChange } from './price-change.ts';
import { priceChangeQueries } from './price-changes.ts';

const MAX_PRICES = 5_000;

/** What other services ask of prices. A refusal is a request fault here: these callers cannot go on after one. */
export const internalResolvers: Resolvers = {
  Query: {
    ...priceChangeQueries,
    ...listPriceQueries,
    async quote(_, { input }, ctx) {
      const { taxRateBasisPoints, lines, expiresAt, ...quote } = await answerQuote(ctx, toQuoteRequest(input));
      return {
        ...quote,
        expiresAt: expiresAt.toISOString(),
        lines: lines.map((line) => ({ ...line, taxRateBasisPoints })),
      };
    },
  },
  Mutation: {
    async priceListUpsert(_, { input }, ctx) {
      const outcome = await setPriceList(ctx.db, toDraft(input));
      if (outcome.__typename === 'InvalidInput') throw badInput(outcome.message, outcome.path ?? []);
      const { id, code, revision } = outcome.priceList;
      return { priceListId: id, code, revision };
    },
    async pricesUpsert(_, { input }, ctx) {
      const changes = input.prices.map(toPriceChange);
      const outcome = await setPrices(ctx.db, { priceListCode: input.priceListCode, changes, maximum: MAX_PRICES });
      if (outcome.__typename !== 'PricesChanged') throw badInput(outcome.message, outcome.path ?? []);
      return { changedCount: outcome.changedCount };
    },
    async taxRatesUpsert(_, { input }, ctx) {
      const fault = taxRatesFault(input.rates);
      if (fault) throw badInput(fault.message, fault.path);
      return { changedCount: await upsertTaxRates(ctx.db, input.rates) };
    },
  },
};

const toQuoteRequest = ({ channel, currency, country, lines, quoteToken }: QuoteInput): QuoteRequest => ({
  channel,
  currency: currency ?? null,
  country: country ?? null,
  lines,
  quoteToken: quoteToken ?? null,
});

function toDraft({ scope, channel, ...list }: PriceListUpsertInput) {
  if (scope !== 'BASE' && scope !== 'CHANNEL') throw badInput('scope is BASE or CHANNEL.', ['input', 'scope']);
  return { ...list, scope, channel: channel ?? null } as const;
}
