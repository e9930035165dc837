import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { priceBounds } from '../domain/feeds/offer.ts';
import { askAnonymousPrices, askPriceChanges } from '../peers/prices.ts';
import { askInParts } from './ask-in-parts.ts';
import type { FeedSource } from './feed-source.ts';

const PAGE = 500;

/** What guests pay: the lowest and the highest price of a product's variants, by currency of the channel. */
export const createPricesSource = (prices: GraphClient): FeedSource => ({
  name: 'prices',
  changes: (_, since, signal) => askPriceChanges(prices, since, PAGE, signal),
  async offers(channel, products, signal) {
    const of = await askInParts(products, (ids) => askAnonymousPrices(prices, channel, ids, signal));
    return products.map(({ productId, variantIds }) => ({
      productId,
      isSellable: null,
      prices: priceBounds(of(variantIds)),
    }));
  },
});
