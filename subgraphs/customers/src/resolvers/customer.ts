import { actsFor } from '@kontor/kit/src/auth/policy.ts';
import type { CustomerResolvers } from '../generated/schema.ts';
import { CUSTOMERS_READ } from './visibility.ts';

export const Customer: CustomerResolvers = {
  // Any subgraph can name any customer's key: who may see the profile is decided here, whichever way the query came.
  __resolveReference: ({ id }, { caller, loaders }) =>
    actsFor(caller, id, CUSTOMERS_READ) ? loaders.customers.load(id) : null,
  // Who sees a profile sees the company that it names.
  company: ({ companyId }, _, { loaders }) => (companyId === null ? null : loaders.companies.load(companyId)),
};
