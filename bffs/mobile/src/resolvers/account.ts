import type { AccountResolvers, SignedInResolvers } from '../generated/schema.ts';
import { AccountConsentsDocument } from '../generated/upstream.ts';

export const SignedIn: SignedInResolvers = {
  account: ({ account, token }) => ({ ...account, token }),
};

export const Account: AccountResolvers = {
  // Whoever has signed in by this request has not come with the new token yet.
  consents: async ({ consents, token }, _args, ctx) =>
    token === undefined ? consents : (await ctx.upstreamAs(token, AccountConsentsDocument, {})).me?.consents,
};
