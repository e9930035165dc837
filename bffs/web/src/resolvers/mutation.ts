import type { MutationResolvers } from '../generated/schema.ts';
import {
  CartAddressSetDocument,
  CartCodesSetDocument,
  CartCreateDocument,
  CartLinesSetDocument,
  CartMergeDocument,
  CartShippingSetDocument,
  CheckoutDocument,
} from '../generated/upstream.ts';
import { accountVerbs } from './account-verbs.ts';
import { lineVariants } from './selected.ts';
import { sessionVerbs } from './session-verbs.ts';

export const Mutation: MutationResolvers = {
  cartCreate: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartCreateDocument, { input, ...lineVariants(info, 'cart') })).cartCreate,
  cartLinesSet: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartLinesSetDocument, { input, ...lineVariants(info, 'cart') })).cartLinesSet,
  cartAddressSet: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartAddressSetDocument, { input, ...lineVariants(info, 'cart') })).cartAddressSet,
  cartCodesSet: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartCodesSetDocument, { input, ...lineVariants(info, 'cart') })).cartCodesSet,
  cartShippingSet: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartShippingSetDocument, { input, ...lineVariants(info, 'cart') })).cartShippingSet,
  cartMerge: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartMergeDocument, { input, ...lineVariants(info, 'cart') })).cartMerge,
  checkout: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CheckoutDocument, { input, ...lineVariants(info, 'order') })).checkout,
  ...sessionVerbs,
  ...accountVerbs,
};
