import { priceRange } from '../domain/unit-price.ts';
import type { ProductResolvers } from '../generated/schema.ts';
import { priceScopeOf } from './price-scope.ts';

/** Prices of products, out of the same batch as those of their variants. */
export const Product: ProductResolvers = {
  async priceRange(product, scope, ctx) {
    const reader = ctx.loaders.prices(priceScopeOf(ctx, scope));
    return priceRange(await Promise.all(product.variants.map(({ id }) => reader.unitPrice(id, 1))));
  },
};
