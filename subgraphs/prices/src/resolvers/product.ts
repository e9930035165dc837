import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { priceRange } from '../domain/unit-price.ts';
import type { ProductResolvers } from '../generated/schema.ts';

/** Prices of products, out of the same batch as those of their variants. */
export const Product: ProductResolvers = {
  async priceRange(product, { currency, country }, ctx) {
    const loader = ctx.loaders.unitPrices({
      channel: channelOf(ctx),
      currency: currency ?? null,
      country: country ?? null,
    });
    return priceRange(await Promise.all(product.variants.map(({ id }) => loader.load(id))));
  },
};
