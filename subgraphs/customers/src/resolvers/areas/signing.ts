import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { pageSize } from '@kontor/kit/src/connection.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import type { Origin } from '../../commands/signing/attempting.ts';
import { changePassword } from '../../commands/signing/change-password.ts';
import { ensurePassword } from '../../commands/signing/ensure-password.ts';
import { refreshSession } from '../../commands/signing/refresh-session.ts';
import { requestPasswordReset, resetPassword } from '../../commands/signing/reset-password.ts';
import { signIn } from '../../commands/signing/sign-in.ts';
import { endSession, signOut, signOutEverywhere } from '../../commands/signing/sign-out.ts';
import { signUp } from '../../commands/signing/sign-up.ts';
import { requestVerification, verifyEmail } from '../../commands/signing/verify-email.ts';
import type { Context } from '../../context.ts';
import { readRevocations } from '../../data/signing/read-revocations.ts';
import { findVerifyingKeys } from '../../data/signing/signing-keys.ts';
import type {
  MutationResolvers as InternalMutations,
  QueryResolvers as InternalQueries,
} from '../../generated/internal.ts';
import type { MutationResolvers } from '../../generated/schema.ts';

const REVOCATIONS = 1_000;
const MOST_REVOCATIONS = 10_000;

const noProfile = () => requestFault('FORBIDDEN', 'Only a signed-in customer has sessions and a password.');

/** @throws GraphQLError FORBIDDEN */
function customerOf({ caller }: Context): Caller & { readonly customerId: string } {
  const { customerId } = caller;
  if (customerId === undefined) throw noProfile();
  return { ...caller, customerId };
}

const addressOf = ({ clientAddress }: Context) => clientAddress ?? null;

const originOf = (ctx: Context): Origin => ({
  channel: channelOf(ctx),
  clientAddress: addressOf(ctx),
  label: ctx.client ? `${ctx.client.name} ${ctx.client.version}`.trim() : null,
});

export const signingMutations = {
  signUp: (_, { input }, ctx) => signUp(ctx.signing, input, originOf(ctx)),
  signIn: (_, { input }, ctx) => signIn(ctx.signing, input, originOf(ctx)),
  sessionRefresh: (_, { input }, ctx) => refreshSession(ctx.signing, input, channelOf(ctx)),
  sessionEnd: (_, { input }, ctx) => endSession(ctx.db, customerOf(ctx).customerId, input.sessionId),
  signOut: (_, _args, { caller, db }) => signOut(db, caller),
  signOutEverywhere: (_, _args, ctx) => signOutEverywhere(ctx.db, customerOf(ctx).customerId),
  emailVerify: (_, { input }, ctx) => verifyEmail(ctx.signing, input, originOf(ctx), ctx.caller.customerId ?? null),
  emailVerificationRequest: async (_, _args, ctx) => {
    const outcome = await requestVerification(ctx.signing, customerOf(ctx).customerId, addressOf(ctx));
    if (!outcome) throw noProfile();
    return outcome;
  },
  passwordResetRequest: (_, { input }, ctx) => requestPasswordReset(ctx.signing, input, originOf(ctx)),
  passwordReset: (_, { input }, ctx) => resetPassword(ctx.signing, input, originOf(ctx)),
  passwordChange: (_, { input }, ctx) => changePassword(ctx.signing, customerOf(ctx), input, addressOf(ctx)),
} satisfies MutationResolvers;

/** What edges ask to verify access tokens. */
export const signingInternalQueries = {
  signingKeys: (_, _args, { db }) => findVerifyingKeys(db.orm),
  revocations: async (_, { since, first }, { db }) => {
    const page = await readRevocations(db.orm, since ?? null, pageSize(first, REVOCATIONS, MOST_REVOCATIONS));
    return { ...page, revocations: [...page.revocations] };
  },
} satisfies InternalQueries;

export const signingInternalMutations = {
  signingKeyRotate: async (_, { input }, { signing }) => ({
    rotated: await signing.accessTokens.rotate(input.compromised ?? false),
  }),
  passwordEnsure: (_, { input }, { signing }) => ensurePassword(signing, input),
} satisfies InternalMutations;
