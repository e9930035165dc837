import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { endSessionsOf } from '../../data/signing/revocations.ts';
import { endSession as deleteSession } from '../../data/signing/sessions.ts';

const NO_SESSION = {
  __typename: 'NoSession' as const,
  code: 'NO_SESSION',
  message: 'You came with an access key, which has no session to end. Staff can revoke it.',
  path: null,
};

export type SignOutOutcome = { readonly __typename: 'SignedOut'; readonly ended: boolean } | typeof NO_SESSION;

/** Ends the session that the caller came with; repeating it changes nothing. An access key is never ended by its holder. */
export async function signOut(db: Database, { credentialId, expiresAt }: Caller): Promise<SignOutOutcome> {
  if (credentialId === undefined || expiresAt === undefined || !isId(credentialId)) return NO_SESSION;
  const ended = await inTransaction(db, (tx) => deleteSession(tx, { sessionId: credentialId, customerId: null }));
  return { __typename: 'SignedOut', ended };
}

/** Ends all sessions of a customer, the one that asks included. Keys stay. @returns how many were valid until now. */
export async function signOutEverywhere(
  db: Database,
  customerId: string,
): Promise<{ readonly __typename: 'SignedOutEverywhere'; readonly ended: number }> {
  const ended = await inTransaction(db, (tx) => endSessionsOf(tx, [customerId]));
  return { __typename: 'SignedOutEverywhere', ended: ended.length };
}

export type SessionEndOutcome =
  { readonly __typename: 'SignedOut'; readonly ended: boolean } | ReturnType<typeof notFound>;

/** Ends one session of a customer. Somebody else's and none at all look alike. */
export async function endSession(db: Database, customerId: string, sessionId: string): Promise<SessionEndOutcome> {
  const ended = isId(sessionId) && (await inTransaction(db, (tx) => deleteSession(tx, { sessionId, customerId })));
  return ended
    ? { __typename: 'SignedOut', ended }
    : notFound('You have no such session; it may have ended already.', ['input', 'sessionId']);
}
