import type { MutationResolvers } from '../generated/schema.ts';
import {
  EmailVerificationRequestDocument,
  EmailVerifyDocument,
  PasswordChangeDocument,
  PasswordResetDocument,
  PasswordResetRequestDocument,
  SessionEndDocument,
  SessionRefreshDocument,
  SignInDocument,
  SignInExternalDocument,
  SignOutDocument,
  SignOutEverywhereDocument,
  SignUpDocument,
} from '../generated/upstream.ts';
import { apart, signedIn } from './signed-in.ts';

/** What begins, goes on with and ends sessions. */
export const sessionVerbs = {
  async signUp(_, args, ctx, info) {
    const { input, guestCart } = apart(args.input);
    return signedIn(ctx, info, (await ctx.upstream(SignUpDocument, { input })).signUp, guestCart);
  },
  async signIn(_, args, ctx, info) {
    const { input, guestCart } = apart(args.input);
    return signedIn(ctx, info, (await ctx.upstream(SignInDocument, { input })).signIn, guestCart);
  },
  async signInExternal(_, args, ctx, info) {
    const { input, guestCart } = apart(args.input);
    return signedIn(ctx, info, (await ctx.upstream(SignInExternalDocument, { input })).signInExternal, guestCart);
  },
  async emailVerify(_, args, ctx, info) {
    const { input, guestCart } = apart(args.input);
    return signedIn(ctx, info, (await ctx.upstream(EmailVerifyDocument, { input })).emailVerify, guestCart);
  },
  async passwordReset(_, args, ctx, info) {
    const { input, guestCart } = apart(args.input);
    const { passwordReset } = await ctx.upstream(PasswordResetDocument, { input });
    // All sessions before it have ended; the one that asks is among them when it is the same person's.
    if (passwordReset.__typename === 'SignedIn' && passwordReset.account.id === ctx.caller.customerId)
      ctx.forgetCaller();
    return signedIn(ctx, info, passwordReset, guestCart);
  },
  sessionRefresh: async (_, { input }, ctx) => (await ctx.upstream(SessionRefreshDocument, { input })).sessionRefresh,
  async sessionEnd(_, { input }, ctx) {
    try {
      return (await ctx.upstream(SessionEndDocument, { input })).sessionEnd;
    } finally {
      // Also when the answer was lost, and the session may have ended.
      if (input.sessionId === ctx.caller.credentialId) ctx.forgetCaller();
    }
  },
  async signOut(_, _args, ctx) {
    try {
      return (await ctx.upstream(SignOutDocument, {})).signOut;
    } finally {
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
  emailVerificationRequest: async (_, _args, ctx) =>
    (await ctx.upstream(EmailVerificationRequestDocument, {})).emailVerificationRequest,
  passwordResetRequest: async (_, { input }, ctx) =>
    (await ctx.upstream(PasswordResetRequestDocument, { input })).passwordResetRequest,
  // The session that asks goes on: only the others end.
  passwordChange: async (_, { input }, ctx) => (await ctx.upstream(PasswordChangeDocument, { input })).passwordChange,
} satisfies MutationResolvers;
