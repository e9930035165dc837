import type { ProductConnectionResolvers } from '../generated/schema.ts';

export const ProductConnection: ProductConnectionResolvers = {
  totalCount: async ({ list }, _, { loaders }) => (await loaders.count.load(list))[0]?.count ?? 0,
  facets: ({ list }, _, { loaders }) => loaders.facets.load(list),
};
