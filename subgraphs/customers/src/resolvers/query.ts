import { actsFor } from '@kontor/kit/src/auth/policy.ts';
import { normalizeEmail } from '../commands/read-input.ts';
import { findCustomerByEmail } from '../data/customers.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import { CUSTOMERS_READ } from './visibility.ts';

export const Query: QueryResolvers = {
  me: (_, _args, { caller, loaders }) => (caller.customerId ? loaders.customers.load(caller.customerId) : null),
  // Somebody else's profile and none at all look alike.
  customer: (_, { id }, { caller, loaders }) =>
    actsFor(caller, id, CUSTOMERS_READ) ? loaders.customers.load(id) : null,
  customerByEmail: (_, { email }, { db }) => {
    const address = normalizeEmail(email);
    return address === null ? null : findCustomerByEmail(db.orm, address);
  },
};
