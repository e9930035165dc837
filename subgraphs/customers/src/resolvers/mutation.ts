import { requestFault } from '@kontor/kit/src/errors.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { signIn } from '../commands/sign-in.ts';
import { signOut } from '../commands/sign-out.ts';
import { signUp } from '../commands/sign-up.ts';
import { updateProfile } from '../commands/update-profile.ts';
import type { MutationResolvers } from '../generated/schema.ts';

const noProfile = () => requestFault('FORBIDDEN', 'Only a signed-in customer has a profile to change.');

export const Mutation: MutationResolvers = {
  profileUpdate: async (_, { input }, { caller, db }) => {
    if (!caller.customerId) throw noProfile();
    const outcome = await updateProfile(db, caller.customerId, input);
    if (!outcome) throw noProfile();
    return outcome;
  },
  signUp: (_, { input }, ctx) => signUp(ctx.signing, input, channelOf(ctx)),
  signIn: (_, { input }, ctx) => signIn(ctx.signing, input, channelOf(ctx)),
  signOut: (_, _args, { caller, db }) => signOut(db, caller),
};
