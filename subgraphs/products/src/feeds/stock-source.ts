import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { askAvailability, askAvailabilityChanges } from '../peers/stock.ts';
import { askInParts } from './ask-in-parts.ts';
import type { FeedSource } from './feed-source.ts';

const PAGE = 500;

/** Whether a channel can sell a product: at least one of its variants can be reserved now. */
export const createStockSource = (stock: GraphClient): FeedSource => ({
  name: 'stock',
  async changes(channel, since, signal) {
    const page = await askAvailabilityChanges(stock, { channel, since, first: PAGE }, signal);
    // Without a cursor stock tells its present end and nothing of what was before.
    const resync = page.resync || since === null;
    return { ...page, resync, variantIds: page.variants.map(({ variantId }) => variantId) };
  },
  async offers(channel, products, signal) {
    const of = await askInParts(products, (ids) => askAvailability(stock, channel, ids, signal));
    return products.map(({ productId, variantIds }) => ({
      productId,
      isSellable: of(variantIds).some(({ sellableQuantity }) => sellableQuantity > 0),
      prices: null,
    }));
  },
});
