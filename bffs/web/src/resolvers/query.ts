import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  AccountDocument,
  CartDocument,
  CollectionPageDocument,
  OrderDocument,
  ProductPageDocument,
  SearchPageDocument,
  SitemapDocument,
} from '../generated/upstream.ts';
import { sitemapPage } from '../views/sitemap.ts';
import { lineVariants, listParts } from './selected.ts';

export const Query: QueryResolvers = {
  productPage: async (_, { handle }, ctx, info) =>
    (await ctx.upstream(ProductPageDocument, { handle, priceLists: selects(info, 'cacheTags') })).productByHandle,
  collectionPage: async (_, args, ctx, info) =>
    (await ctx.upstream(CollectionPageDocument, { ...args, ...listParts(info) })).collectionByHandle,
  searchPage: async (_, args, ctx, info) => ({
    products: (await ctx.upstream(SearchPageDocument, { ...args, ...listParts(info) })).productSearch,
  }),
  cart: async (_, args, ctx, info) => (await ctx.upstream(CartDocument, { ...args, ...lineVariants(info) })).cart,
  order: async (_, args, ctx, info) => (await ctx.upstream(OrderDocument, { ...args, ...lineVariants(info) })).order,
  account: async (_, _args, ctx, info) =>
    (await ctx.upstream(AccountDocument, { orders: selects(info, 'recentOrders') })).me,
  sitemap: async (_, args, ctx) => sitemapPage((await ctx.upstream(SitemapDocument, args)).productListing),
};
