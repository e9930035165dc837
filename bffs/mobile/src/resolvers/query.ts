import { requestFault } from '@kontor/kit/src/errors.ts';
import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  AccountDocument,
  ByBarcodeDocument,
  FeedDocument,
  LoyaltyCardDocument,
  OrdersDocument,
  ProductScreenDocument,
  SearchSuggestionsDocument,
} from '../generated/upstream.ts';
import { loyaltyCard } from '../views/loyalty-card.ts';
import { orderPage } from '../views/order-page.ts';
import { scannedVariant } from '../views/scanned-variant.ts';
import { catalogueChanges } from './catalogue-changes.ts';
import { listArguments } from './list-arguments.ts';
import { changeParts, feedParts, screenParts } from './selected.ts';

/** More do not fit an answer for a phone. */
const MOST_ORDERS = 50;
const POINTS = ['balance', 'available', 'tier', 'nextTier', 'expiring'];

export const Query: QueryResolvers = {
  productScreen: async (_, args, ctx, info) =>
    (await ctx.upstream(ProductScreenDocument, { ...args, ...screenParts(info) })).product,
  feed: async (_, { query, ...page }, ctx, info) =>
    (await ctx.upstream(FeedDocument, { ...listArguments(page), ...feedParts(info), query: query ?? '' }))
      .productSearch,
  searchSuggestions: async (_, args, ctx) => (await ctx.upstream(SearchSuggestionsDocument, args)).searchSuggestions,
  catalogueChanges: (_, args, ctx, info) => catalogueChanges(ctx, { ...args, ...changeParts(info) }),
  byBarcode: async (_, args, ctx) =>
    (await ctx.upstream(ByBarcodeDocument, args)).variantsByBarcode.map(scannedVariant),
  account: async (_, _args, ctx, info) =>
    (await ctx.upstream(AccountDocument, { consents: selects(info, 'consents') })).me,
  async orders(_, args, ctx) {
    if ((args.first ?? 0) > MOST_ORDERS)
      throw requestFault('BAD_USER_INPUT', `A page has at most ${MOST_ORDERS} orders.`);
    const { me } = await ctx.upstream(OrdersDocument, args);
    return me?.orders && orderPage(me.orders);
  },
  async loyaltyCard(_, _args, ctx, info) {
    const points = POINTS.some((field) => selects(info, field));
    const { me } = await ctx.upstream(LoyaltyCardDocument, { points, expiring: selects(info, 'expiring') });
    return me && loyaltyCard(me);
  },
};
