import { findPriceList, findPriceLists } from '../data/price-lists.ts';
import type { PriceListResolvers, QueryResolvers } from '../generated/schema.ts';

const MAX_LISTS = 100;

export const PriceList: PriceListResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.priceLists.load(id),
};

export const priceListQueries: Required<Pick<QueryResolvers, 'priceLists' | 'priceList'>> = {
  priceLists: (_, _args, ctx) => findPriceLists(ctx.db.orm, MAX_LISTS),
  priceList: (_, { code }, ctx) => findPriceList(ctx.db.orm, code),
};
