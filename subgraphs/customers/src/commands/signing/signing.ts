import type { Database } from '@kontor/kit/src/database.ts';
import { readSecret } from '../../data/signing/secrets.ts';
import { createPasswordWork, type PasswordWork } from '../../passwords/password-work.ts';
import { createAccessTokens, type AccessTokens } from '../../sealing/access-tokens.ts';
import { createSealing, type Sealing } from '../../sealing/sealing.ts';

/** Whether an account can be used at once, or only when its address is verified. */
export type SignUpPolicy = 'instant' | 'verified';

/** What everything that signs in shares in a process. */
export interface Signing {
  readonly db: Database;
  readonly work: PasswordWork;
  readonly sealing: Sealing;
  readonly accessTokens: AccessTokens;
  readonly signUp: SignUpPolicy;
}

export interface SigningOptions {
  /** What keys are derived from, the same for all processes; a random one in the database when absent. */
  readonly identitySecret?: string | undefined;
  readonly signUp?: SignUpPolicy | undefined;
}

/** Start `accessTokens` before anybody signs in. */
export function createSigning(db: Database, { identitySecret, signUp = 'instant' }: SigningOptions = {}): Signing {
  const sealing = createSealing(async () =>
    identitySecret === undefined ? await readSecret(db, 'sealing') : Buffer.from(identitySecret),
  );
  return { db, work: createPasswordWork(), sealing, accessTokens: createAccessTokens(db, sealing), signUp };
}
