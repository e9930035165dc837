import type { MutationResolvers } from '../generated/schema.ts';
import {
  CartAddressSetDocument,
  CartCreateDocument,
  CartLinesSetDocument,
  CheckoutDocument,
  SignInDocument,
  SignOutDocument,
  SignUpDocument,
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
  signUp: async (_, { input }, ctx) => (await ctx.upstream(SignUpDocument, { input })).signUp,
  signIn: async (_, { input }, ctx) => (await ctx.upstream(SignInDocument, { input })).signIn,
  signOut: async (_, _args, ctx) => {
    try {
      return (await ctx.upstream(SignOutDocument, {})).signOut;
    } finally {
      // Also when the answer was lost, and the session may have ended.
      ctx.forgetCaller();
    }
  },
};
