import type { MutationResolvers } from '../generated/schema.ts';
import {
  EmailVerifyDocument,
  PasswordResetDocument,
  PasswordResetRequestDocument,
  SessionRefreshDocument,
  SignInDocument,
  SignOutDocument,
  SignUpDocument,
} from '../generated/upstream.ts';

/** The verbs that begin, go on with and end a session. */
export const sessionVerbs = {
  signUp: async (_, { input }, ctx) => (await ctx.upstream(SignUpDocument, { input })).signUp,
  signIn: async (_, { input }, ctx) => (await ctx.upstream(SignInDocument, { input })).signIn,
  sessionRefresh: async (_, { input }, ctx) => (await ctx.upstream(SessionRefreshDocument, { input })).sessionRefresh,
  signOut: async (_, _args, ctx) => {
    try {
      return (await ctx.upstream(SignOutDocument, {})).signOut;
    } finally {
      // Also when the answer was lost, and the session may have ended.
      ctx.forgetCaller();
    }
  },
  emailVerify: async (_, { input }, ctx) => (await ctx.upstream(EmailVerifyDocument, { input })).emailVerify,
  passwordResetRequest: async (_, { input }, ctx) =>
    (await ctx.upstream(PasswordResetRequestDocument, { input })).passwordResetRequest,
  passwordReset: async (_, { input }, ctx) => (await ctx.upstream(PasswordResetDocument, { input })).passwordReset,
} satisfies MutationResolvers;
