import { requestFault } from '@kontor/kit/src/errors.ts';
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
};
