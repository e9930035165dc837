import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { VariantPrice } from '../domain/feeds/offer.ts';
import { AnonymousPricesDocument, PriceChangesDocument, type PriceChangesQuery } from '../generated/upstream-prices.ts';

const caller = serviceCaller('products');
const requestId = 'products-prices-feed';

/** Variants whose prices changed behind a cursor; without one the present end, with `resync`. @throws GraphQLError when prices does not answer. */
export async function askPriceChanges(
  prices: GraphClient,
  since: string | null,
  first: number,
  signal: AbortSignal,
): Promise<PriceChangesQuery['priceChanges']> {
  return (await ask(prices, { caller, requestId, signal }, PriceChangesDocument, { since, first })).priceChanges;
}

/** What a guest of a channel pays. @param variantIds at most 1,000. @throws GraphQLError as above. */
export async function askAnonymousPrices(
  prices: GraphClient,
  channel: string,
  variantIds: readonly string[],
  signal: AbortSignal,
): Promise<VariantPrice[]> {
  const variables = { channel, variantIds: [...variantIds] };
  return (await ask(prices, { caller, requestId, signal }, AnonymousPricesDocument, variables)).anonymousPrices;
}
