import type { MutationResolvers } from '../generated/schema.ts';
import {
  CartAddressSetDocument,
  CartCreateDocument,
  CartLinesSetDocument,
  CheckoutDocument,
} from '../generated/upstream.ts';
import { lineVariants } from './selected.ts';

export const Mutation: MutationResolvers = {
  cartCreate: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartCreateDocument, { input, ...lineVariants(info, 'cart') })).cartCreate,
  cartLinesSet: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartLinesSetDocument, { input, ...lineVariants(info, 'cart') })).cartLinesSet,
  cartAddressSet: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CartAddressSetDocument, { input, ...lineVariants(info, 'cart') })).cartAddressSet,
  checkout: async (_, { input }, ctx, info) =>
    (await ctx.upstream(CheckoutDocument, { input, ...lineVariants(info, 'order') })).checkout,
};
