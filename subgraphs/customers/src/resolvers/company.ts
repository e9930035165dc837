import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import type { CompanyResolvers } from '../generated/schema.ts';
import { CUSTOMERS_READ } from './visibility.ts';

export const Company: CompanyResolvers = {
  __resolveReference: ({ id }, { caller, loaders }) =>
    caller.companyId === id || hasScope(caller, CUSTOMERS_READ) ? loaders.companies.load(id) : null,
};
