import { requestFault } from '@kontor/kit/src/errors.ts';
import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  AccountDocument,
  ByBarcodeDocument,
  LoyaltyCardDocument,
  OrdersDocument,
  ProductScreenDocument,
} from '../generated/upstream.ts';
import { loyaltyCard } from '../views/loyalty-card.ts';
import { orderPage } from '../views/order-page.ts';
import { productScreen } from '../views/product-screen.ts';
import { scannedVariant } from '../views/scanned-variant.ts';

/** More do not fit an answer for a phone. */
const MOST_ORDERS = 50;
const POINTS = ['balance', 'available', 'tier', 'nextTier', 'expiring'];

export const Query: QueryResolvers = {
  async productScreen(_, { id }, ctx) {
    const { product } = await ctx.upstream(ProductScreenDocument, { id });
    return product && productScreen(product);
  },
  byBarcode: async (_, { code }, ctx) =>
    (await ctx.upstream(ByBarcodeDocument, { code })).variantsByBarcode.map(scannedVariant),
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
