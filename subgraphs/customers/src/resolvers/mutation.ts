import type { MutationResolvers } from '../generated/schema.ts';
import { companyMutations } from './areas/companies.ts';
import { keyMutations } from './areas/keys.ts';
import { loyaltyMutations } from './areas/loyalty.ts';
import { mergingMutations } from './areas/merging.ts';
import { privacyMutations } from './areas/privacy.ts';
import { profileMutations } from './areas/profile.ts';
import { signingMutations } from './areas/signing.ts';

export const Mutation: MutationResolvers = {
  ...companyMutations,
  ...mergingMutations,
  ...loyaltyMutations,
  ...profileMutations,
  ...privacyMutations,
  ...signingMutations,
  ...keyMutations,
};
