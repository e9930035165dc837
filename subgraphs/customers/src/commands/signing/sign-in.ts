import type { Attempts } from '@kontor/kit/src/attempts.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { busy, type invalidInput } from '@kontor/kit/src/errors.ts';
import { findAccount } from '../data/passwords.ts';
import { hashOfNobody, verifyPassword } from '../passwords/argon2id.ts';
import type { PasswordWork } from '../passwords/password-work.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { readEmail, readPassword } from './read-input.ts';
import { refusalOf, valueOf } from './refuse-fault.ts';

/** What sign-up and sign-in share in a process. */
export interface SignInDeps {
  readonly db: Database;
  readonly work: PasswordWork;
  /** Attempts by address, whether or not it has an account. */
  readonly attempts: Attempts;
}

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
}

export type SignInOutcome =
  | SignedIn
  | ReturnType<typeof invalidInput>
  | typeof INVALID_CREDENTIALS
  | ReturnType<typeof tooManyAttempts>
  | ReturnType<typeof busy>;

export const PASSWORDS_BUSY = busy('Sign-in', 2_000);

const INVALID_CREDENTIALS = {
  __typename: 'InvalidCredentials' as const,
  code: 'INVALID_CREDENTIALS',
  message: 'The address and the password do not belong together. Check both and try again.',
  path: null,
};

const tooManyAttempts = (retryAfterMs: number) => ({
  __typename: 'TooManyAttempts' as const,
  code: 'TOO_MANY_ATTEMPTS',
  message: `There were too many attempts with this address. Try again in ${Math.ceil(retryAfterMs / 60_000)} minutes.`,
  path: ['input', 'email'],
  retryAfterMs,
});

/** Stands in where there is no account, so that the answer takes as long. */
const NOBODY = hashOfNobody();

/**
 * Begins a session for an address and its password. Whether an address has an account is neither told nor to be measured: both
 * cost one statement and one hash, and attempts count alike. An attempt is counted before it is made and given back when it
 * succeeds or could not be made.
 */
export async function signIn(deps: SignInDeps, request: SignInRequest, channel: string): Promise<SignInOutcome> {
  const email = readEmail(request.email);
  const password = readPassword(request.password);
  const refusal = refusalOf(email, password);
  if (refusal) return refusal;

  const { attempts } = deps;
  const address = valueOf(email);
  const retryAfterMs = attempts.take(address);
  if (retryAfterMs !== null) return tooManyAttempts(retryAfterMs);
  try {
    const outcome = await attempt(deps, { address, password: valueOf(password), channel });
    if (outcome.__typename === 'SignedIn') attempts.clear(address);
    if (outcome.__typename === 'Busy') attempts.giveBack(address);
    return outcome;
  } catch (error) {
    attempts.giveBack(address);
    throw error;
  }
}

async function attempt(
  { db, work }: SignInDeps,
  { address, password, channel }: { readonly address: string; readonly password: string; readonly channel: string },
): Promise<SignInOutcome> {
  const account = await findAccount(db.orm, address);
  const verifying = work.run(() => verifyPassword(password, account?.passwordHash ?? NOBODY));
  if (!verifying) return PASSWORDS_BUSY;
  const isRight = await verifying;
  if (!account || !isRight) return INVALID_CREDENTIALS;
  const { passwordHash, ...customer } = account;
  return (await beginSession(db.orm, customer, { passwordHash, channel })) ?? INVALID_CREDENTIALS;
}
