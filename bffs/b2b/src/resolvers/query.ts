import type { QueryResolvers } from '../generated/schema.ts';
import { CatalogPageDocument } from '../generated/upstream.ts';

export const Query: QueryResolvers = {
  catalogPage: async (_, { query, ...page }, ctx) => ({
    products: (await ctx.upstream(CatalogPageDocument, { ...page, query: query ?? '' })).productSearch,
  }),
};
