import type { Resolvers } from '../generated/internal.ts';
import { accountInternalMutations, accountInternalQueries } from './areas/accounts.ts';
import { loyaltyInternalMutations } from './areas/loyalty.ts';
import { companyInternalMutations, companyInternalQueries } from './areas/companies.ts';
import { keyInternalMutations, keyInternalQueries } from './areas/keys.ts';
import { profileInternalMutations, profileInternalQueries } from './areas/profile.ts';
import { signingInternalMutations, signingInternalQueries } from './areas/signing.ts';

/** What other services ask; who may is decided by the internal graph as a whole. */
export const internalResolvers: Omit<Resolvers, 'UserError'> = {
  Query: {
    ...profileInternalQueries,
    ...companyInternalQueries,
    ...accountInternalQueries,
    ...keyInternalQueries,
    ...signingInternalQueries,
  },
  Mutation: {
    ...accountInternalMutations,
    ...loyaltyInternalMutations,
    ...profileInternalMutations,
    ...companyInternalMutations,
    ...keyInternalMutations,
    ...signingInternalMutations,
  },
};
