import { createHmac } from 'node:crypto';
import type { Database } from '@kontor/kit/src/database.ts';
import { secretOf } from './data/secrets.ts';

/** Makes the keys by which limits of promotions count for people who have not signed in. */
export interface GuestKeys {
  /** The key of an email address: always the same, whatever its capitals, and no way back to the address for whoever keeps it. */
  of(email: string): Promise<string>;
}

export function createGuestKeys(db: Database): GuestKeys {
  const secret = secretOf(db, 'guest_keys');
  return {
    of: async (email) =>
      createHmac('sha256', await secret())
        .update(email.trim().toLowerCase())
        .digest('base64url'),
  };
}
