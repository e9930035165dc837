import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import type { Context } from '../context.ts';
import type { CompanyRole } from '../domain/profile/customer.ts';
import { CUSTOMERS_READ } from './visibility.ts';

/** Scopes of staff who see all there is of any company. */
const STAFF_SCOPES = ['companies:read', 'companies:write', 'credit:write'];

/** What somebody is to a company: staff who see all companies, or a member; administrators are so also to those below their own. */
export type CompanyStanding = CompanyRole | 'STAFF';

/**
 * What the caller is to a company now, whatever the token says: who has left sees nothing any more. Null: nothing; then the company looks
 * as if there was none.
 */
export async function standingOf(
  { caller, loaders }: Pick<Context, 'caller' | 'loaders'>,
  companyId: string,
): Promise<CompanyStanding | null> {
  if (STAFF_SCOPES.some((scope) => hasScope(caller, scope))) return 'STAFF';
  if (caller.role !== 'customer' || caller.customerId === undefined) return null;
  const standing = await loaders.standings.load({ customerId: caller.customerId, companyId });
  return standing?.role ?? null;
}

/** Whether the caller sees that there is this company. */
export const seesCompany = async (ctx: Pick<Context, 'caller' | 'loaders'>, companyId: string): Promise<boolean> =>
  hasScope(ctx.caller, CUSTOMERS_READ) || (await standingOf(ctx, companyId)) !== null;

/** Whether somebody of a standing sees what administrators see. */
export const isAdmin = (standing: CompanyStanding | null): boolean => standing === 'ADMIN' || standing === 'STAFF';

/** Whether somebody of a standing sees what a location owes: those who order on it and those who answer for it. */
export const seesCredit = (standing: CompanyStanding | null): boolean => isAdmin(standing) || standing === 'BUYER';
