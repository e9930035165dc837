import { pageSize } from '@kontor/kit/src/connection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import { FeedDocument } from '../generated/upstream.ts';
import { feedPage } from '../views/feed-page.ts';

/** Products have up to 250 variants: more of them would be too much for one answer. */
const PRODUCTS_PER_PAGE = 100;

export const Query: QueryResolvers = {
  feed: async (_, { first, after }, ctx) =>
    feedPage(
      (await ctx.upstream(FeedDocument, { first: pageSize(first, PRODUCTS_PER_PAGE, PRODUCTS_PER_PAGE), after }))
        .productListing,
    ),
};
