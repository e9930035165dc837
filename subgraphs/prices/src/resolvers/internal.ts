import type { Resolvers } from '../generated/internal.ts';
import { internalListMutations, internalListQueries } from './internal-lists.ts';
import { priceChangeQueries } from './price-changes.ts';
import { promotionHoldMutations } from './promotion-holds.ts';
import { quoteQueries } from './quote.ts';
import { internalTaxMutations } from './taxes.ts';

/** What other services ask of prices. A refusal is a request fault here: these callers cannot go on after one. */
export const internalResolvers: Resolvers = {
  Query: {
    ...priceChangeQueries,
    ...internalListQueries,
    ...quoteQueries,
  },
  Mutation: {
    ...internalListMutations,
    ...promotionHoldMutations,
    ...internalTaxMutations,
  },
};
