import { badInput } from '@kontor/kit/src/errors.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import type { ProductVariantResolvers } from '../generated/schema.ts';

const MAX_QUANTITY = 10_000;

/** Prices of variants. There is no `__resolveReference`: the key is all that is needed, and whether the variant exists is products' to know. */
export const ProductVariant: ProductVariantResolvers = {
  price(variant, { currency, country, quantity }, ctx) {
    const bought = quantity ?? 1;
    if (bought < 1 || bought > MAX_QUANTITY)
      throw badInput(`quantity is from 1 to ${MAX_QUANTITY}, not ${bought}.`, ['quantity']);
    const scope = { channel: channelOf(ctx), currency: currency ?? null, country: country ?? null };
    return ctx.loaders.unitPrices(scope).load(variant.id);
  },
};
