import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { endSession } from '../data/sessions.ts';

const NO_SESSION = {
  __typename: 'NoSession' as const,
  code: 'NO_SESSION',
  message: 'You came with an access key, which has no session to end. Staff can revoke it.',
  path: null,
};

export type SignOutOutcome = { readonly __typename: 'SignedOut'; readonly ended: boolean } | typeof NO_SESSION;

/** Ends the session that the caller came with, in one statement; repeating it changes nothing. An access key is never ended by its holder. */
export async function signOut(db: Database, { credentialId, expiresAt }: Caller): Promise<SignOutOutcome> {
  if (credentialId === undefined || expiresAt === undefined) return NO_SESSION;
  return { __typename: 'SignedOut', ended: await endSession(db.orm, credentialId) };
}
