import type { MutationResolvers } from '../generated/schema.ts';
import {
  ConsentSetDocument,
  SessionRefreshDocument,
  SignInDocument,
  SignOutDocument,
  SignOutEverywhereDocument,
  SignUpDocument,
} from '../generated/upstream.ts';
import { apart, signedIn } from './signed-in.ts';

export const Mutation: MutationResolvers = {
  async signUp(_, args, ctx) {
    const { input, guestCart } = apart(args.input);
    return signedIn(ctx, (await ctx.upstream(SignUpDocument, { input })).signUp, guestCart);
  },
  async signIn(_, args, ctx) {
    const { input, guestCart } = apart(args.input);
    return signedIn(ctx, (await ctx.upstream(SignInDocument, { input })).signIn, guestCart);
  },
  sessionRefresh: async (_, { input }, ctx) => (await ctx.upstream(SessionRefreshDocument, { input })).sessionRefresh,
  async signOut(_, _args, ctx) {
    try {
      return (await ctx.upstream(SignOutDocument, {})).signOut;
    } finally {
      // Also when the answer was lost, and the session may have ended.
      ctx.forgetCaller();
    }
  },
  async signOutEverywhere(_, _args, ctx) {
    try {
      return (await ctx.upstream(SignOutEverywhereDocument, {})).signOutEverywhere;
    } finally {
      ctx.forgetCaller();
    }
  },
  consentSet: async (_, { input }, ctx) => (await ctx.upstream(ConsentSetDocument, { input })).consentSet,
};
