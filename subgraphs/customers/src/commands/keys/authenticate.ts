import type { Database } from '@kontor/kit/src/database.ts';
import { findHolder } from '../data/credentials.ts';
import type { Holder } from '../domain/credential.ts';
import { hashSecret, MAX_SECRET_LENGTH, MIN_SECRET_LENGTH } from './hash-secret.ts';

/** Who holds a secret, in one statement; null when nobody does or it was revoked. Nothing is written. */
export async function authenticate(db: Database, secret: string): Promise<Holder | null> {
  if (secret.length < MIN_SECRET_LENGTH || secret.length > MAX_SECRET_LENGTH) return null;
  return findHolder(db.orm, hashSecret(secret));
}
