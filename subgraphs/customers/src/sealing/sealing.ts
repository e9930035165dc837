import { createHmac, hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';

/** What is encrypted at rest; each with a key of its own. */
export type SealPurpose = 'signing-key' | 'one-time-payload' | 'audit-key';
/** What is authenticated; each with a key of its own. */
export type MacPurpose = 'refresh-token' | 'one-time-token' | 'one-time-subject';

const KEY_BYTES = 32;

/** What was sealed cannot be opened: the secret is another one, or somebody changed it. */
export class SealError extends Error {
  override name = 'SealError';
}

/** Keys that follow from the sealing secret (HKDF, RFC 5869), and what is done with them. */
export interface Sealing {
  /** Encrypts a text for the row of `id`: it opens nowhere else. JWE, direct encryption with AES-256-GCM. */
  seal(purpose: SealPurpose, id: string, text: string): Promise<string>;
  /** @throws SealError */
  open(purpose: SealPurpose, id: string, sealed: string): Promise<string>;
  /** HMAC-SHA-256, 32 bytes. */
  mac(purpose: MacPurpose, bytes: Uint8Array): Promise<Buffer>;
}

/** @param readSecret is asked once, when it is first needed; again only after it failed. */
export function createSealing(readSecret: () => Promise<Uint8Array>): Sealing {
  const keys = new Map<SealPurpose | MacPurpose, Uint8Array>();
  let reading: Promise<Uint8Array> | undefined;
  const secret = () =>
    (reading ??= readSecret().catch((error: unknown) => {
      reading = undefined;
      throw error;
    }));
  const keyFor = async (purpose: SealPurpose | MacPurpose): Promise<Uint8Array> => {
    const known = keys.get(purpose);
    if (known) return known;
    const key = new Uint8Array(hkdfSync('sha256', await secret(), '', `kontor customers ${purpose}`, KEY_BYTES));
    keys.set(purpose, key);
    return key;
  };
  return {
    async seal(purpose, id, text) {
      return new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id })
        .encrypt(await keyFor(purpose));
    },
    async open(purpose, id, sealed) {
      const key = await keyFor(purpose);
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        if (protectedHeader.kid === id) return Buffer.from(plaintext).toString();
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
      throw new SealError(
        `What was sealed as ${purpose} does not open: IDENTITY_SECRET is not the one it was sealed with.`,
      );
    },
    mac: async (purpose, bytes) =>
      createHmac('sha256', await keyFor(purpose))
        .update(bytes)
        .digest(),
  };
}
