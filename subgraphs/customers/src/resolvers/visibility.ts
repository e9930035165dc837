import { actsOn } from '@kontor/kit/src/auth/policy.ts';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Customer } from '../domain/profile/customer.ts';

/** The scope to see other people's profiles and companies; services have it. */
export const CUSTOMERS_READ = 'customers:read';
/** Whether the caller sees all of a profile: the customer, and holders of `customers:read`. */
export const seesProfile = (caller: Caller, customerId: string): boolean => actsOn(caller, customerId, 'Customer');

/** The fields of outcomes that hold a profile. */
const PROFILES = ['customer', 'survivor', 'restored'];

/** What a command on somebody else's profile came to, with the profiles in it as the caller may see them: who may change one may not see it. */
export const outcomeAsSeenBy = <T extends object>(caller: Caller, outcome: T): T =>
  Object.fromEntries(
    Object.entries(outcome).map(([field, value]) =>
      PROFILES.includes(field) && value !== null ? [field, asSeenBy(caller, value as Customer)] : [field, value],
    ),
  ) as T;

/** A found profile as the caller may see it: all of it, or id, names and age of the profile alone. */
export const asSeenBy = (caller: Caller, customer: Customer): Customer =>
  seesProfile(caller, customer.id)
    ? customer
    : {
        ...customer,
        email: null,
        emailVerified: false,
        phone: null,
        phoneVerified: false,
        locale: null,
        companyId: null,
        companyRole: null,
      };
