import type { VariantPriceResolvers } from '../generated/schema.ts';

/** What one unit costs: the rule of prices has said all of it. */
export const VariantPrice: VariantPriceResolvers = {
  asOf: ({ asOf }) => asOf.toISOString(),
};
