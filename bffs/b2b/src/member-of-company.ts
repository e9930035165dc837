import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';

/** What somebody needs who signed in and was invited, but is no member yet. Whoever comes without a session is decided before. */
const BEFORE_JOINING: ReadonlySet<string> = new Set([
  'Query.account',
  'Mutation.signUp',
  'Mutation.signIn',
  'Mutation.sessionRefresh',
  'Mutation.signOut',
  'Mutation.emailVerify',
  'Mutation.passwordResetRequest',
  'Mutation.passwordReset',
  'Mutation.companyInvitationAccept',
]);

/**
 * Lets customers who buy for a company, and staff, use every root field, and other customers those by which they become one.
 * @throws GraphQLError FORBIDDEN
 */
export function memberOfCompany(caller: Caller, coordinate: string): void {
  if (caller.role !== 'customer' || caller.companyId !== undefined || BEFORE_JOINING.has(coordinate)) return;
  throw requestFault(
    'FORBIDDEN',
    'This portal is for members of a company: ask your company to add you, and accept the invitation that comes by mail.',
  );
}
