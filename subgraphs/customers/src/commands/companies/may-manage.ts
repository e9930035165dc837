import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { membershipOf } from '../../data/companies/members.ts';

/** The scope of staff who change any company. */
const COMPANIES_WRITE = 'companies:write';

/**
 * Whether the caller may manage a company: its administrators, and staff with `companies:write`. What the database says counts, not the
 * token: ask it behind the company's lock, where it cannot change any more.
 */
export async function mayManage(db: Db | Tx, caller: Caller, companyId: string): Promise<boolean> {
  if (hasScope(caller, COMPANIES_WRITE)) return true;
  if (caller.role !== 'customer' || caller.customerId === undefined) return false;
  const membership = (await membershipOf(db, [caller.customerId])).get(caller.customerId);
  return membership?.companyId === companyId && membership.companyRole === 'ADMIN';
}

/** Who did something, as it is noted beside it. */
export const whoIs = (caller: Caller): string => `${caller.role}:${caller.subject}`;
