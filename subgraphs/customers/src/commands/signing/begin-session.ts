import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { insertSession } from '../data/sessions.ts';
import type { Customer } from '../domain/customer.ts';
import { hashSecret, newSessionToken } from './hash-secret.ts';

/** A session, with its token for the one time that it is shown. */
export interface SignedIn {
  readonly __typename: 'SignedIn';
  readonly token: string;
  /** As PostgreSQL writes an instant. */
  readonly expiresAt: string;
  readonly customer: Customer;
}

/** Begins a session of 12 hours in a channel. @returns null when the password is not the one of that hash any more. */
export async function beginSession(
  db: Db | Tx,
  customer: Customer,
  { passwordHash, channel }: { readonly passwordHash: string; readonly channel: string },
): Promise<SignedIn | null> {
  const token = newSessionToken();
  const session = { credentialId: newId(), customerId: customer.id, secretHash: hashSecret(token), channel };
  const expiresAt = await insertSession(db, session, passwordHash);
  return expiresAt === null ? null : { __typename: 'SignedIn', token, expiresAt, customer };
}
