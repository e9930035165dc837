import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { type busy, invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import { findAddress, findAddressOwner, verifyAddress } from '../../data/signing/addresses.ts';
import { findAccount, findPasswordHash } from '../../data/signing/passwords.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import { identityVerified } from '../../domain/signing/identity-verified.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import { verifyPassword } from '../../passwords/argon2id.ts';
import { readPassword } from '../read-input.ts';
import { CLAIM, claimedPasswordHash, fulfilClaim } from './address-claims.ts';
import { attempting, type Origin, type TooManyAttempts } from './attempting.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { peekOneTimeToken, takeOneTimeToken } from './one-time-tokens.ts';
import { holderOf } from './session-holder.ts';
import { INVALID_CREDENTIALS, PASSWORDS_BUSY } from './sign-in.ts';
import { VERIFICATION_SENT } from './sign-up.ts';
import type { Signing } from './signing.ts';
import { queueVerification, VERIFICATION } from './verification-mail.ts';

export const INVALID_TOKEN = {
  __typename: 'InvalidToken' as const,
  code: 'INVALID_TOKEN',
  message: 'This link was used, has expired or is of no use any more. Ask for a new one.',
  path: ['input', 'token'],
};

export type EmailVerifyOutcome =
  SignedIn | typeof INVALID_TOKEN | typeof INVALID_CREDENTIALS | ReturnType<typeof busy> | TooManyAttempts;

export interface EmailVerifyRequest {
  readonly token: string;
  readonly password?: string | null | undefined;
}

/**
 * Takes the token of a mail as proof that its reader owns the address, and signs them in: the address of a profile is verified, or the
 * account that was claimed by the address is theirs. The token, what it changes and the session are one transaction.
 *
 * The mail shows who owns the address, not who asked for it: somebody else may have signed up with it, with a password of their own, and would
 * share the account of whoever opens the link in good faith. So the reader shows the password as well, unless the account's session asks.
 * @param callerId who is signed in, if anybody is.
 */
export async function verifyEmail(
  signing: Signing,
  { token, password }: EmailVerifyRequest,
  origin: Origin,
  callerId: string | null,
): Promise<EmailVerifyOutcome> {
  const about = await whatIsVerified(signing, token, callerId);
  const limit = about && { ...LIMITS.emailVerify, subjects: [about.tokenId] };
  return attempting(
    signing,
    { limit, clientAddress: origin.clientAddress, path: ['input', 'token'] },
    async () => {
      if (!about) return INVALID_TOKEN;
      const checked = about.isOwn ? null : await checkPassword(signing, about.passwordHash, password);
      return checked ?? (await settle(signing, { token, about, callerId }, origin));
    },
    ({ __typename }) => __typename === 'SignedIn',
  );
}

/** What a token is about, before anything is done with it. */
interface Verification {
  readonly tokenId: string;
  /** Whether the session that asks is of the account. */
  readonly isOwn: boolean;
  /** Of the account, or of the one that is to be made; null where nobody can sign in by password. */
  readonly passwordHash: string | null;
}

async function whatIsVerified(signing: Signing, token: string, callerId: string | null): Promise<Verification | null> {
  const claim = await peekOneTimeToken(signing, { purpose: CLAIM, token });
  if (claim) return { tokenId: claim.tokenId, isOwn: false, passwordHash: claimedPasswordHash(claim) };
  const found = await peekOneTimeToken(signing, { purpose: VERIFICATION, token });
  const owner = found && (await findAddressOwner(signing.db.orm, found.subjectId));
  if (!found || !owner) return null;
  const passwordHash = await findPasswordHash(signing.db.orm, owner);
  return { tokenId: found.tokenId, isOwn: callerId === owner, passwordHash };
}

async function checkPassword(
  { work }: Signing,
  hash: string | null,
  text: string | null | undefined,
): Promise<typeof INVALID_CREDENTIALS | ReturnType<typeof busy> | null> {
  const password = readPassword(text ?? '');
  if (hash === null || 'fault' in password) return PASSWORD_NEEDED;
  const verifying = work.run(() => verifyPassword(password.value, hash));
  if (!verifying) return PASSWORDS_BUSY;
  return (await verifying) ? null : PASSWORD_NEEDED;
}

/** Uses the token up. Behind it stands what was checked before: the password is still that of the account. */
const settle = (
  signing: Signing,
  {
    token,
    about,
    callerId,
  }: { readonly token: string; readonly about: Verification; readonly callerId: string | null },
  origin: Origin,
): Promise<SignedIn | typeof INVALID_TOKEN> =>
  inTransaction(signing.db, async (tx) => {
    const customerId = await verifiedCustomer(signing, tx, { token, callerId });
    if (customerId === null) return INVALID_TOKEN;
    if (!about.isOwn && (await findPasswordHash(tx, customerId)) !== about.passwordHash) throw new PasswordChanged();
    const tokens = await beginSession(signing, tx, holderOf(customerId, origin));
    const customer = (await findCustomers(tx, [customerId]))[0]!;
    return { __typename: 'SignedIn' as const, ...tokens, customer };
  }).catch((error: unknown) => {
    // The link is as good as before: it is opened once more, with the new password.
    if (error instanceof PasswordChanged) return INVALID_TOKEN;
    throw error;
  });

class PasswordChanged extends Error {}

const PASSWORD_NEEDED = {
  ...INVALID_CREDENTIALS,
  message: 'Open the link where you are signed in, or give the password that belongs to the account with it.',
  path: ['input', 'password'],
};

async function verifiedCustomer(
  signing: Signing,
  tx: Tx,
  { token, callerId }: { readonly token: string; readonly callerId: string | null },
): Promise<string | null> {
  const claim = await takeOneTimeToken(signing, tx, { purpose: CLAIM, token });
  if (claim) return fulfilClaim(signing, tx, claim);
  const verification = await takeOneTimeToken(signing, tx, { purpose: VERIFICATION, token });
  return verification && confirmAddress(tx, verification.subjectId, callerId);
}

/** @returns the profile; null when nobody has the address any more, or it may be a stranger's. */
async function confirmAddress(tx: Tx, identityId: string, callerId: string | null): Promise<string | null> {
  const owner = await findAddressOwner(tx, identityId);
  const locked = owner && (await lockCustomer(tx, owner));
  const address = locked && (await findAddress(tx, { identityId, customerId: locked.id }));
  if (!address || !(address.opens || callerId === locked.id)) return null;
  if (await verifyAddress(tx, identityId)) {
    const touched = await touchCustomers(tx, [locked.id]);
    await appendEvents(tx, 'customers', [...touched.map(customerChanged), identityVerified(locked.id, 'EMAIL')]);
  }
  return locked.id;
}

export type EmailVerificationOutcome = typeof VERIFICATION_SENT | ReturnType<typeof invalidInput> | TooManyAttempts;

/** Sends the mail that verifies the primary address of a signed-in customer once more. @returns null when there is no such customer. */
export async function requestVerification(
  signing: Signing,
  customerId: string,
  clientAddress: string | null,
): Promise<EmailVerificationOutcome | null> {
  const { db } = signing;
  const customer = (await findCustomers(db.orm, [customerId]))[0];
  if (!customer) return null;
  const { email, emailVerified } = customer;
  if (email === null) return invalidInput('NO_EMAIL', 'Your profile has no email address.');
  if (emailVerified) return invalidInput('ALREADY_VERIFIED', 'Your email address is verified already.');
  return attempting(
    signing,
    { limit: { ...LIMITS.verificationRequest, subjects: [customer.id] }, clientAddress, path: null },
    async () => {
      await inTransaction(db, async (tx) => {
        const account = await findAccount(tx, email);
        if (account?.id === customer.id) await queueVerification(signing, tx, account.identityId);
      });
      return VERIFICATION_SENT;
    },
  );
}
