import { randomBytes } from 'node:crypto';
import type { Database } from '@kontor/kit/src/database.ts';
import { keepQuoteSecret } from '../data/quote-keys.ts';

const SECRET_BYTES = 32;

/** Gives the key by which quotes are signed: one for all processes, kept in the database and read once. */
export function createQuoteKeys(db: Database): () => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined;
  const read = async () =>
    Buffer.from(await keepQuoteSecret(db.orm, randomBytes(SECRET_BYTES).toString('base64url')), 'base64url');
  return () =>
    (key ??= read().catch((error: unknown) => {
      // The next quote tries again: an outage of the database must not last longer than itself.
      key = undefined;
      throw error;
    }));
}
