import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import type {
  AccountResolvers,
  LoyaltyAccountResolvers,
  SessionResolvers,
  SignedInResolvers,
} from '../generated/schema.ts';
import {
  AccountLoyaltyEntriesDocument,
  AccountOrdersDocument,
  type AccountPartsFragment,
} from '../generated/upstream.ts';
import { emailVerified } from '../views/email-verified.ts';
import { accountAfter } from './account-parts.ts';

export const Account: AccountResolvers = {
  emailVerified,
  recentOrders: ({ orders }) => orders?.edges.map(({ node }) => node),
  orders: async ({ ask }, args) => (await ask(AccountOrdersDocument, args)).me?.orders,
  loyalty: ({ loyalty, ask }) => loyalty && { ...loyalty, ask },
};

export const LoyaltyAccount: LoyaltyAccountResolvers = {
  entries: async ({ ask }, args) => (await ask(AccountLoyaltyEntriesDocument, args)).me?.loyalty?.entries,
};

export const Session: SessionResolvers = {
  isCurrent: ({ id }, _args, { caller }) => id === caller.credentialId,
};

/** In the outcome of a command of the account's owner. */
const changed = {
  account: (
    { account }: { readonly account: AccountPartsFragment },
    _args: unknown,
    ctx: Context,
    info: GraphQLResolveInfo,
  ) => accountAfter(ctx, info, account),
};

export const outcomes = {
  ProfileUpdated: changed,
  IdentityChanged: changed,
  AddressSaved: changed,
  AddressRemoved: changed,
  ConsentRecorded: changed,
  PreferencesChanged: changed,
};

export const SignedIn: SignedInResolvers = {
  // Whoever asks has not come with the new token yet.
  account: ({ account, token }, _args, ctx, info) =>
    accountAfter(ctx, info, account, (document, variables) => ctx.upstreamAs(token, document, variables)),
};
