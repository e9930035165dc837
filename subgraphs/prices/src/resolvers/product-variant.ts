import { badInput } from '@kontor/kit/src/errors.ts';
import type { ProductVariantResolvers } from '../generated/schema.ts';
import { priceScopeOf } from './price-scope.ts';

const MAX_QUANTITY = 10_000;

/** Prices of variants. There is no `__resolveReference`: the key is all that is needed, and whether the variant exists is products' to know. */
export const ProductVariant: ProductVariantResolvers = {
  price(variant, { quantity, ...scope }, ctx) {
    const bought = quantity ?? 1;
    if (bought < 1 || bought > MAX_QUANTITY)
      throw badInput(`quantity is from 1 to ${MAX_QUANTITY}, not ${bought}.`, ['quantity']);
    return ctx.loaders.prices(priceScopeOf(ctx, scope)).unitPrice(variant.id, bought);
  },
  priceTiers: (variant, scope, ctx) => ctx.loaders.prices(priceScopeOf(ctx, scope)).tiers(variant.id),
};
