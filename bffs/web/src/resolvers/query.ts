import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  AccountDocument,
  CartDocument,
  CategoryPageDocument,
  CategoryTreeDocument,
  CollectionPageDocument,
  OrderDocument,
  PrivacyRequestDocument,
  ProductPageDocument,
  SearchPageDocument,
  SearchSuggestionsDocument,
  SitemapDocument,
} from '../generated/upstream.ts';
import { sitemapPage } from '../views/sitemap.ts';
import { accountParts, asCaller } from './account-parts.ts';
import { listArguments } from './list-arguments.ts';
import { categoryParts, lineVariants, listParts, productParts } from './selected.ts';

export const Query: QueryResolvers = {
  productPage: async (_, args, ctx, info) =>
    (await ctx.upstream(ProductPageDocument, { ...args, ...productParts(info) })).productByHandle,
  collectionPage: async (_, args, ctx, info) =>
    (
      await ctx.upstream(CollectionPageDocument, {
        ...listArguments(args),
        ...listParts(info),
        seo: selects(info, 'seo'),
      })
    ).collectionByHandle,
  categoryPage: async (_, args, ctx, info) =>
    (await ctx.upstream(CategoryPageDocument, { ...listArguments(args), ...categoryParts(info) })).categoryByHandle,
  categoryTree: async (_, args, ctx, info) =>
    (await ctx.upstream(CategoryTreeDocument, { ...args, children: selects(info, 'children') })).categories.edges.map(
      ({ node }) => node,
    ),
  searchPage: async (_, args, ctx, info) => ({
    products: (await ctx.upstream(SearchPageDocument, { ...listArguments(args), ...listParts(info) })).productSearch,
  }),
  searchSuggestions: async (_, args, ctx) => (await ctx.upstream(SearchSuggestionsDocument, args)).searchSuggestions,
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
