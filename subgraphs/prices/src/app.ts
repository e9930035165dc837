import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { catchUpChannels } from './consumers/catch-up-channels.ts';
import { consumeChannelChanges } from './consumers/products-channel-changed.ts';
import type { Context } from './context.ts';
import { purgePriceChanges } from './data/price-changes.ts';
import type { Resolvers } from './generated/schema.ts';
import { createLoaders } from './loaders.ts';
import { createQuoteKeys } from './quotes/quote-keys.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { Mutation } from './resolvers/mutation.ts';
import { PriceList, priceListQueries } from './resolvers/price-list.ts';
import { Product } from './resolvers/product.ts';
import { ProductVariant } from './resolvers/product-variant.ts';

const PURGE_MS = 3_600_000;

export interface PricesDeps extends SubgraphDeps {
  readonly peers: { readonly products: GraphClient };
  /** Where quotes read the time; the machine's clock unless a test sets another. */
  readonly clock?: Clock;
}

/** Builds the prices subgraph, not listening. */
export function createApp(deps: PricesDeps): Service {
  const { db, bus, logger, peers, clock = systemClock } = deps;
  const quoteKey = createQuoteKeys(db);
  const resolvers: Resolvers = { Query: priceListQueries, Mutation, PriceList, Product, ProductVariant };
  return createSubgraph({
    name: 'prices',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers,
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call): Context => ({ ...call, db, clock, quoteKey, loaders: createLoaders(db) }),
    consume: async () => [await consumeChannelChanges(db, bus)],
    // After the consumer stands, so that no change falls between what is read here and what events tell.
    background() {
      const stopCatchingUp = catchUpChannels({ db, products: peers.products, logger });
      const stopPurging = startRecurring({
        work: () => purgePriceChanges(db),
        everyMs: PURGE_MS,
        logger,
        onFailure: 'old changes of prices stay until the next turn',
      });
      return async () => {
        await Promise.all([stopCatchingUp(), stopPurging()]);
      };
    },
  });
}
