import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { endSession } from '../../data/signing/sessions.ts';
import type { KeyDeps } from './key-deps.ts';

const NO_SESSION = {
  __typename: 'NoSession' as const,
  code: 'NO_SESSION',
  message: 'You came with a key, which has no session to end. Whoever may can revoke it.',
  path: null,
};

export type StaffSignOutOutcome = { readonly __typename: 'SignedOut'; readonly ended: boolean } | typeof NO_SESSION;

/** Ends the session that somebody of the staff came with; repeating it changes nothing. A key is never ended by its holder. */
export async function signOutStaff(
  { db }: Pick<KeyDeps, 'db'>,
  { credentialId, staffId }: Caller,
): Promise<StaffSignOutOutcome> {
  if (credentialId === undefined || staffId === undefined) return NO_SESSION;
  const ended = await inTransaction(db, (tx) => endSession(tx, { sessionId: credentialId, customerId: null }));
  return { __typename: 'SignedOut', ended };
}
