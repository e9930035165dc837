import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { catchUpChannels } from './consumers/catch-up-channels.ts';
import { startHoldSweeper } from './commands/promotions/end-holds.ts';
import { startPriceClock } from './commands/clock/price-clock.ts';
import { consumeCategories, consumeCompanies, consumeProducts } from './consumers/facts.ts';
import { catchUpFacts } from './consumers/catch-up-facts.ts';
import { consumeOrders } from './consumers/orders-placed-carts.ts';
import { consumeHoldsOfOrders } from './consumers/orders-order-placed.ts';
import { consumeChannelChanges } from './consumers/products-channel-changed.ts';
import type { Context } from './context.ts';
import { purgePriceChanges } from './data/price-changes.ts';
import type { Resolvers } from './generated/schema.ts';
import { createTableTaxes } from './domain/taxes/table-taxes.ts';
import type { TaxProvider } from './domain/taxes/tax-provider.ts';
import { createEngineCache } from './engine-cache.ts';
import { createLiveReader } from './live/live-reader.ts';
import { createPriceFollower } from './live/price-follower.ts';
import { createPriceHub } from './live/price-hub.ts';
import { createLoaders } from './loaders.ts';
import { createQuoteKeys } from './quotes/quote-keys.ts';
import { changeQueries } from './resolvers/changes.ts';
import { explainQueries, explainTypes, variantHistory } from './resolvers/explain.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { listMutations, listQueries, listTypes } from './resolvers/lists.ts';
import { liveSubscriptions } from './resolvers/live.ts';
import { Product } from './resolvers/product.ts';
import { ProductVariant } from './resolvers/product-variant.ts';
import { Promotion, promotionMutations, promotionQueries } from './resolvers/promotions.ts';
import { ShippingOption, shippingMutations, shippingQueries } from './resolvers/shipping.ts';
import { TaxRate, taxMutations, taxQueries } from './resolvers/taxes.ts';
import { VariantPrice } from './resolvers/variant-price.ts';

const PURGE_MS = 3_600_000;

export interface PricesDeps extends SubgraphDeps {
  /** Without them nothing is kept of others: what the importer needs. */
  readonly peers?: { readonly products: GraphClient; readonly customers: GraphClient };
  /** Where quotes read the time; the machine's clock unless a test sets another. */
  readonly clock?: Clock;
  /** Where tax rates come from; our own tables unless another is given. */
  readonly taxes?: TaxProvider;
}

/** Builds the prices subgraph, not listening. */
export function createApp(deps: PricesDeps): Service {
  const { db, bus, logger, peers, clock = systemClock, taxes = createTableTaxes() } = deps;
  const engines = createEngineCache(db);
  const quoteKey = createQuoteKeys(db);
  const hub = createPriceHub();
  const live = { hub, reader: createLiveReader({ db, engines, taxes }) };
  const follower = createPriceFollower({ db, hub, logger });
  const resolvers: Resolvers = {
    Query: {
      ...listQueries,
      ...changeQueries,
      ...taxQueries,
      ...shippingQueries,
      ...explainQueries,
      ...promotionQueries,
    },
    Mutation: { ...listMutations, ...promotionMutations, ...taxMutations, ...shippingMutations },
    Subscription: liveSubscriptions,
    ...listTypes,
    Product,
    Promotion,
    ProductVariant: { ...ProductVariant, ...variantHistory },
    ...explainTypes,
    ShippingOption,
    TaxRate,
    VariantPrice,
  };
  return createSubgraph({
    name: 'prices',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers,
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call): Context => ({
      ...call,
      db,
      clock,
      quoteKey,
      engines,
      taxes,
      live,
      loaders: createLoaders({ db, engines, taxes }),
    }),
    consume: async () => [
      await follower.listen(bus),
      await consumeChannelChanges(db, bus),
      await consumeHoldsOfOrders(bus, db, logger),
      await consumeProducts(bus, db),
      await consumeCategories(bus, db),
      ...(peers ? [await consumeCompanies(bus, db, peers.customers)] : []),
      await consumeOrders(bus, db),
    ],
    // After the consumer stands, so that no change falls between what is read here and what events tell.
    background() {
      const catchUps = peers
        ? [catchUpChannels({ db, products: peers.products, logger }), catchUpFacts({ db, ...peers, logger })]
        : [];
      const stopPurging = startRecurring({
        work: () => purgePriceChanges(db),
        everyMs: PURGE_MS,
        logger,
        onFailure: 'old changes of prices stay until the next turn',
      });
      const stopSweeping = startHoldSweeper(db, logger);
      const stopClock = startPriceClock({ db, logger });
      const stopFollowing = follower.start();
      return async () => {
        await Promise.all([
          ...catchUps.map((stop) => stop()),
          stopPurging(),
          stopSweeping(),
          stopClock(),
          stopFollowing(),
        ]);
      };
    },
  });
}
