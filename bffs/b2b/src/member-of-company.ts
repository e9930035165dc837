import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';

/**
 * Lets in customers who buy for a company, and staff.
 * @throws GraphQLError FORBIDDEN
 */
export function memberOfCompany(caller: Caller): void {
  if (caller.role === 'customer' && caller.companyId === undefined)
    throw requestFault('FORBIDDEN', 'This portal is for members of a company: ask your company to add you.');
}
