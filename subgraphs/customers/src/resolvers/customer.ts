import { actsFor } from '@kontor/kit/src/auth/policy.ts';
import type { CustomerResolvers } from '../generated/schema.ts';
import { seeLoyalty } from './loyalty-account.ts';
import { profileDetails } from './profile-details.ts';
import { CUSTOMERS_READ } from './visibility.ts';

export const Customer: CustomerResolvers = {
  ...profileDetails,
  // Any subgraph can name any customer's key: who may see the profile is decided here, whichever way the query came.
  __resolveReference: ({ id }, { caller, loaders }) =>
    actsFor(caller, id, CUSTOMERS_READ) ? loaders.customers.load(id) : null,
  sessions: async ({ id }, _, { caller, loaders }) =>
    actsFor(caller, id, CUSTOMERS_READ) ? [...(await loaders.sessions.load(id))] : null,
  loyalty: (customer, _, ctx) => seeLoyalty(customer, ctx),
  formerIds: async ({ id }, _, { loaders }) => [...(await loaders.formerIds.load(id))],
  // Who sees a profile sees the company that it names.
  company: ({ companyId }, _, { loaders }) => (companyId === null ? null : loaders.companies.load(companyId)),
  companyLocation: async ({ id, companyId }, _, { loaders }) => {
    if (companyId === null) return null;
    const membership = await loaders.memberships.load(id);
    return membership?.companyLocationId ? loaders.companyLocations.load(membership.companyLocationId) : null;
  },
};
