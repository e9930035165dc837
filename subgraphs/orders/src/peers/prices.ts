import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { QuoteDocument, type QuoteInput, type QuoteQuery } from '../generated/upstream-prices.ts';

/** What prices says of a cart. */
export type Quote = QuoteQuery['quote'];

/** Asks prices what a cart costs. @throws GraphQLError when prices does not answer. */
export async function askQuote(prices: GraphClient, requestId: string, input: QuoteInput): Promise<Quote> {
  const { quote } = await ask(prices, { caller: serviceCaller('orders'), requestId }, QuoteDocument, { input });
  return quote;
}
