import { authenticate } from '../commands/authenticate.ts';
import { ensureCustomer } from '../commands/ensure-customer.ts';
import { revokeCredential } from '../commands/revoke-credential.ts';
import { upsertCompany } from '../commands/upsert-company.ts';
import { upsertCredential } from '../commands/upsert-credential.ts';
import type { Resolvers } from '../generated/internal.ts';

/** What other services ask; who may is decided by the internal graph as a whole. */
export const internalResolvers: Omit<Resolvers, 'UserError'> = {
  Query: {
    authenticate: (_, { credential }, { db }) => authenticate(db, credential),
  },
  Mutation: {
    customerEnsure: (_, { input }, { db }) => ensureCustomer(db, input),
    companyUpsert: (_, { input }, { db }) => upsertCompany(db, input),
    credentialUpsert: (_, { input }, { db }) => upsertCredential(db, input),
    credentialRevoke: (_, { input }, { db }) => revokeCredential(db, input.credentialId),
  },
};
