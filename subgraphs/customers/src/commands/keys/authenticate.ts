import { findDeviceHolder, findHolder } from '../../data/keys/credentials.ts';
import type { Holder } from '../../domain/keys/credential.ts';
import { hashSecret, MAX_SECRET_LENGTH, MIN_SECRET_LENGTH } from './hash-secret.ts';
import type { KeyDeps } from './key-deps.ts';
import { shapeOfSecret, type KeyMode } from './key-secret.ts';

/**
 * Who holds a secret, in one statement without a write; null when nobody does or it was revoked. What only looks like a key, or is one of
 * the other mode, is answered without any statement. Secrets are random and found by their SHA-256: how long the search takes tells
 * nothing of any.
 */
export async function authenticate(
  { db, mode, lastUses }: Pick<KeyDeps, 'db' | 'mode' | 'lastUses'>,
  secret: string,
): Promise<Holder | null> {
  if (secret.length < MIN_SECRET_LENGTH || secret.length > MAX_SECRET_LENGTH) return null;
  const shape = shapeOfSecret(secret);
  if (shape === 'malformed' || (shape !== 'other' && shape.mode !== mode)) return null;
  const hash = hashSecret(secret);
  const isDevice = shape !== 'other' && shape.kind === 'dk';
  const found = await (isDevice ? findDeviceHolder(db.orm, hash) : findHolder(db.orm, hash));
  if (!found) return null;
  const { isUseDue, ...holder } = found;
  if (isUseDue) lastUses.note(holder.credentialId);
  return holder;
}

/** Why a secret is refused, where its looks tell it. */
export interface CredentialRefusal {
  readonly code: 'KEY_OF_OTHER_MODE' | 'KEY_MALFORMED';
  readonly message: string;
}

/** Why a secret cannot be a key here, by its looks alone and without a statement; null when only a search can tell. */
export function refusalOfCredential(mode: KeyMode, secret: string): CredentialRefusal | null {
  const shape = shapeOfSecret(secret);
  if (shape === 'other') return null;
  if (shape === 'malformed')
    return {
      code: 'KEY_MALFORMED',
      message: 'This begins like a key and is none: its checksum does not fit. Copy it again, whole.',
    };
  if (shape.mode === mode) return null;
  return {
    code: 'KEY_OF_OTHER_MODE',
    message: `This is a ${shape.mode} key, and ${mode} keys are taken here. Use a ${mode} key, or the ${shape.mode} environment.`,
  };
}
