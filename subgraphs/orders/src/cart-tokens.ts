import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '@kontor/kit/src/database.ts';
import { secretOf } from './data/secrets.ts';

const TOKEN_BYTES = 32;

/** The hash under which a token or an idempotency key is kept. */
export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Makes the tokens by which guests hold carts. */
export interface CartTokens {
  /**
   * A token of 32 bytes in base64url. Without a key it is random. With one it follows from the key, the cart and a secret of
   * the service, so that a repeated `cartCreate` answers it again though only its hash is kept.
   */
  make(cartId: string, idempotencyKey: string | null): Promise<string>;
}

export function createCartTokens(db: Database): CartTokens {
  const secret = secretOf(db, 'cart_tokens');
  return {
    async make(cartId, idempotencyKey) {
      if (idempotencyKey === null) return randomBytes(TOKEN_BYTES).toString('base64url');
      return createHmac('sha256', await secret())
        .update(`${cartId}:${idempotencyKey}`)
        .digest('base64url');
    },
  };
}

/** Whether a token is the one whose hash is kept, in a time that does not depend on where they differ. */
export const matchesToken = (token: string | null | undefined, hash: Uint8Array | null): boolean =>
  typeof token === 'string' && hash !== null && timingSafeEqual(sha256(token), hash);
