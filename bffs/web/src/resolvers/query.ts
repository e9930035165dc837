import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  AccountDocument,
  CartDocument,
  CollectionPageDocument,
  OrderDocument,
  PrivacyRequestDocument,
  ProductPageDocument,
  SearchPageDocument,
  SitemapDocument,
} from '../generated/upstream.ts';
import { sitemapPage } from '../views/sitemap.ts';
import { accountParts, asCaller } from './account-parts.ts';
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
  async account(_, _args, ctx, info) {
    const { me } = await ctx.upstream(AccountDocument, accountParts(info));
    return me && { ...me, ask: asCaller(ctx) };
  },
  privacyRequest: async (_, args, ctx, info) =>
    (await ctx.upstream(PrivacyRequestDocument, { ...args, parts: selects(info, 'parts') })).privacyRequest,
  sitemap: async (_, args, ctx) => sitemapPage((await ctx.upstream(SitemapDocument, args)).productListing),
};
