import { inTransaction } from '@kontor/kit/src/database.ts';
import { busy, type invalidInput } from '@kontor/kit/src/errors.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { findAccount, findPasswordHash } from '../../data/signing/passwords.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import { hashOfNobody, verifyPassword } from '../../passwords/argon2id.ts';
import { readEmail, readPassword } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { attempting, type Origin, type TooManyAttempts } from './attempting.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { holderOf } from './session-holder.ts';
import type { Signing } from './signing.ts';

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
}

type Attempted = SignedIn | typeof INVALID_CREDENTIALS | ReturnType<typeof busy>;
export type SignInOutcome = Attempted | ReturnType<typeof invalidInput> | TooManyAttempts;

/** The refusal that does not tell what was wrong. */
export interface InvalidCredentials {
  readonly __typename: 'InvalidCredentials';
  readonly code: string;
  readonly message: string;
  readonly path: string[] | null;
}

export const PASSWORDS_BUSY = busy('Sign-in', 2_000);

export const INVALID_CREDENTIALS: InvalidCredentials = {
  __typename: 'InvalidCredentials',
  code: 'INVALID_CREDENTIALS',
  message: 'The address and the password do not belong together. Check both and try again.',
  path: null,
};

/** Stands in where there is no account, so that the answer takes as long. */
const NOBODY = hashOfNobody();

/**
 * Begins a session for an address and its password. Whether an address has an account is neither told nor to be measured: both
 * cost the same statements and one hash, and attempts count alike. An attempt is counted before it is made and given back when it
 * succeeds or could not be made.
 */
export async function signIn(signing: Signing, request: SignInRequest, origin: Origin): Promise<SignInOutcome> {
  const email = readEmail(request.email);
  const password = readPassword(request.password);
  const refusal = refusalOf(email, password);
  if (refusal) return refusal;
  const address = valueOf(email);
  return attempting(
    signing,
    {
      limit: { ...LIMITS.signIn, subjects: [address] },
      clientAddress: origin.clientAddress,
      path: ['input', 'email'],
    },
    () => attempt(signing, { address, password: valueOf(password), origin }),
    ({ __typename }) => __typename === 'SignedIn',
  );
}

async function attempt(
  signing: Signing,
  { address, password, origin }: { readonly address: string; readonly password: string; readonly origin: Origin },
): Promise<Attempted> {
  const { db, work } = signing;
  const account = await findAccount(db.orm, address);
  const verifying = work.run(() => verifyPassword(password, account?.passwordHash ?? NOBODY));
  if (!verifying) return PASSWORDS_BUSY;
  const isRight = await verifying;
  if (!account || !isRight) return INVALID_CREDENTIALS;
  const { passwordHash, identityId: _, identityVerified: _verified, ...customer } = account;
  if (passwordHash === null) return INVALID_CREDENTIALS;
  return inTransaction(db, async (tx) => {
    // Behind the lock: no session begins for a password that was changed while it was checked.
    const locked = await lockCustomer(tx, account.id);
    if (locked?.id !== account.id || (await findPasswordHash(tx, account.id)) !== passwordHash)
      return INVALID_CREDENTIALS;
    return {
      __typename: 'SignedIn' as const,
      ...(await beginSession(signing, tx, holderOf(account.id, origin))),
      customer,
    };
  });
}
