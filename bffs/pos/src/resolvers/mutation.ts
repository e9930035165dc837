import type { MutationResolvers } from '../generated/schema.ts';
import {
  CustomerCreateDocument,
  SessionRefreshDocument,
  StaffSignInDocument,
  StaffSignOutDocument,
} from '../generated/upstream.ts';
import { customerCreated } from '../views/customer-match.ts';

export const Mutation: MutationResolvers = {
  staffSignIn: async (_, { input }, ctx) => (await ctx.upstream(StaffSignInDocument, { input })).staffSignIn,
  sessionRefresh: async (_, { input }, ctx) => (await ctx.upstream(SessionRefreshDocument, { input })).sessionRefresh,
  staffSignOut: async (_, _args, ctx) => {
    try {
      return (await ctx.upstream(StaffSignOutDocument, {})).staffSignOut;
    } finally {
      // Also when the answer was lost, and the session may have ended.
      ctx.forgetCaller();
    }
  },
  customerCreate: async (_, { input }, ctx) =>
    customerCreated((await ctx.upstream(CustomerCreateDocument, { input })).customerCreate),
};
