import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import type { busy, invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { z } from 'zod';
import { findCustomers } from '../../data/profile/customers.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import { deleteExternalIdentities, findAddress, verifyAddress } from '../../data/signing/addresses.ts';
import { takeAttempt } from '../../data/signing/attempts.ts';
import { deleteTokensAbout } from '../../data/signing/one-time-tokens.ts';
import { findAccount, setPassword } from '../../data/signing/passwords.ts';
import { endSessionsOf } from '../../data/signing/revocations.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import { identityVerified } from '../../domain/signing/identity-verified.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import { hashPassword } from '../../passwords/argon2id.ts';
import { readOneTimeToken, subjectOfAddress } from '../../sealing/one-time-token.ts';
import { readEmail, readPassword } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { attempting, type Origin, type TooManyAttempts } from './attempting.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { issueOneTimeToken, takeOneTimeToken } from './one-time-tokens.ts';
import { holderOf } from './session-holder.ts';
import { PASSWORDS_BUSY } from './sign-in.ts';
import type { Signing } from './signing.ts';
import { INVALID_TOKEN } from './verify-email.ts';

const RESET = 'password-reset';
const LIFETIME_S = 3_600;

const PASSWORD_RESET_SENT = { __typename: 'PasswordResetSent' as const, sent: true };
export type ResetRequestOutcome = typeof PASSWORD_RESET_SENT | ReturnType<typeof invalidInput> | TooManyAttempts;

/**
 * Sends the link to a new password to whoever has an account with an address. Whether there is one is not told and not to be measured:
 * nothing is looked up here; the mail is queued in any case and the address travels sealed in its token. When it is to be sent and
 * nobody has the address, it is dropped. An address that was asked for too often gets no more mail, and the same answer.
 */
export async function requestPasswordReset(
  signing: Signing,
  request: { readonly email: string },
  { clientAddress }: Origin,
): Promise<ResetRequestOutcome> {
  const email = readEmail(request.email);
  const refusal = refusalOf(email);
  if (refusal) return refusal;
  const address = valueOf(email);
  const { db, sealing } = signing;
  return attempting(signing, { limit: null, clientAddress, path: null }, async () => {
    const waitMs = await takeAttempt(db.orm, { ...LIMITS.resetRequest, subjects: [address] });
    if (waitMs === null)
      await inTransaction(db, async (tx) => {
        const subjectId = await subjectOfAddress(sealing, address);
        const payload = { email: address };
        const { tokenId } = await issueOneTimeToken(signing, tx, {
          purpose: RESET,
          subjectId,
          lifetimeS: LIFETIME_S,
          payload,
        });
        await queueMail(tx, { kind: 'PASSWORD_RESET', to: { tokenId } });
      });
    return PASSWORD_RESET_SENT;
  });
}

export interface ResetRequest {
  readonly token: string;
  readonly newPassword: string;
}

type Attempted = SignedIn | typeof INVALID_TOKEN | ReturnType<typeof busy>;
export type ResetOutcome = Attempted | ReturnType<typeof invalidInput> | TooManyAttempts;

/**
 * Sets a new password by the token of a mail, in one transaction with its use: the reader of the mail owns the address, which is
 * verified with it. All sessions end, and a new one begins.
 */
export async function resetPassword(signing: Signing, request: ResetRequest, origin: Origin): Promise<ResetOutcome> {
  const { token } = request;
  const password = readPassword(request.newPassword, 'newPassword');
  const refusal = refusalOf(password);
  if (refusal) return refusal;
  return attempting<Attempted>(
    signing,
    { limit: null, clientAddress: origin.clientAddress, path: null },
    async () => {
      // What we did not make costs no work on the password.
      if ((await readOneTimeToken(signing.sealing, { purpose: RESET, token })) === null) return INVALID_TOKEN;
      const hashing = signing.work.run(() => hashPassword(valueOf(password)));
      if (!hashing) return PASSWORDS_BUSY;
      const passwordHash = await hashing;
      return inTransaction(signing.db, async (tx) => {
        const customerId = await setByToken(signing, tx, { token, passwordHash });
        if (customerId === null) return INVALID_TOKEN;
        const tokens = await beginSession(signing, tx, holderOf(customerId, origin));
        const customer = (await findCustomers(tx, [customerId]))[0]!;
        return { __typename: 'SignedIn' as const, ...tokens, customer };
      });
    },
    ({ __typename }) => __typename === 'SignedIn',
  );
}

const payloadShape = z.object({ email: z.string() });

/** @returns the profile; null when the token is of no use, or the address opens no profile any more. */
async function setByToken(
  signing: Signing,
  tx: Tx,
  { token, passwordHash }: { readonly token: string; readonly passwordHash: string },
): Promise<string | null> {
  const taken = await takeOneTimeToken(signing, tx, { purpose: RESET, token });
  if (!taken) return null;
  const { email } = payloadShape.parse(taken.payload);
  const found = await findAccount(tx, email);
  const locked = found && (await lockCustomer(tx, found.id));
  const account = locked && (await findAccount(tx, email));
  if (!account || account.id !== locked.id) return null;
  if (!(await findAddress(tx, { identityId: account.identityId, customerId: account.id }))?.opens) return null;
  if (await verifyAddress(tx, account.identityId)) {
    // Whoever made the account had not shown that the address is theirs: what else they left to sign in with goes.
    await deleteExternalIdentities(tx, account.id);
    await appendEvents(tx, 'customers', [identityVerified(account.id, 'EMAIL')]);
  }
  await setPassword(tx, account.id, passwordHash);
  await deleteTokensAbout(tx, taken.subjectId);
  await endSessionsOf(tx, [account.id]);
  await appendEvents(tx, 'customers', (await touchCustomers(tx, [account.id])).map(customerChanged));
  await queueMail(tx, { kind: 'PASSWORD_CHANGED', to: { identityId: account.identityId } });
  return account.id;
}
