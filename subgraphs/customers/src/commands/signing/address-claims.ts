import type { Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { z } from 'zod';
import { fillCustomer, insertCustomer } from '../../data/profile/customers.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import {
  deleteAddress,
  hasExternalIdentity,
  promoteVerifiedAddress,
  verifyAddress,
} from '../../data/signing/addresses.ts';
import { deleteTokensAbout } from '../../data/signing/one-time-tokens.ts';
import { deletePassword, findAccount, setPassword, type Account } from '../../data/signing/passwords.ts';
import { endSessionsOf } from '../../data/signing/revocations.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import { identityVerified } from '../../domain/signing/identity-verified.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import { subjectOfAddress } from '../../sealing/one-time-token.ts';
import { issueOneTimeToken, type TakenToken } from './one-time-tokens.ts';
import type { Signing } from './signing.ts';

/** Carries what somebody chose for an account, until the owner of the address confirms it. */
export const CLAIM = 'email-claim';
const LIFETIME_S = 86_400;
/** Between the look and the lock others may have claimed or merged the address: each time somebody's commit is behind it. */
const TRIES = 5;

const claimShape = z.object({
  email: z.string(),
  passwordHash: z.string(),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
});

/** An account that somebody wants, by an address that they have not shown to be theirs. */
export type Claim = z.infer<typeof claimShape>;

/** Queues the mail that confirms a claim, in the command's transaction. The claim travels sealed in its token, in no other row. */
export async function queueClaim(signing: Signing, tx: Tx, claim: Claim): Promise<void> {
  const { tokenId } = await issueOneTimeToken(signing, tx, {
    purpose: CLAIM,
    subjectId: await subjectOfAddress(signing.sealing, claim.email),
    lifetimeS: LIFETIME_S,
    payload: claim,
  });
  await queueMail(tx, { kind: 'EMAIL_CLAIM', to: { tokenId } });
}

/** The hash of the password that a claim carries. */
export const claimedPasswordHash = ({ payload }: TakenToken): string => claimShape.parse(payload).passwordHash;

/**
 * Makes what was claimed true: whoever opened the link reads the mail of the address.
 * - Nobody has the address: a profile is made.
 * - A profile of checkouts has it: it gets the password, with its orders.
 * - An account has it that never showed to own it: it loses the address, its password and its sessions, and a new profile is made for the
 *   claimer. Who signs up with somebody else's address before them must not share their account (pre-hijacking). An account that
 *   has another address to sign in with loses this one alone.
 * - An account has it that did: nothing changes; the link is of no use any more.
 * @returns the id of the profile; null in the last case.
 */
export async function fulfilClaim({ sealing }: Signing, tx: Tx, { payload }: TakenToken): Promise<string | null> {
  const claim = claimShape.parse(payload);
  const customerId = await settle(tx, claim);
  if (customerId === null) return null;
  await setPassword(tx, customerId, claim.passwordHash);
  await deleteTokensAbout(tx, await subjectOfAddress(sealing, claim.email));
  return customerId;
}

async function settle(tx: Tx, claim: Claim): Promise<string | null> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const found = await findAccount(tx, claim.email);
    if (!found) {
      const made = await makeProfile(tx, claim);
      if (made !== null) return made;
      continue;
    }
    await lockCustomer(tx, found.id);
    const account = await findAccount(tx, claim.email);
    if (account?.id !== found.id) continue;
    return (await isSomebodys(tx, account))
      ? account.identityVerified
        ? null
        : await moveAddress(tx, claim, account)
      : await adoptProfile(tx, claim, account);
  }
  throw new Error('An address changed hands too often to be claimed.');
}

/** Whether somebody can sign in to a profile. */
export const isSomebodys = async (tx: Tx, { id, passwordHash }: Account): Promise<boolean> =>
  passwordHash !== null || (await hasExternalIdentity(tx, id));

async function makeProfile(tx: Tx, { email, givenName, familyName }: Claim): Promise<string | null> {
  const id = newId();
  if (!(await insertCustomer(tx, id, { email, givenName, familyName, phone: null, companyId: null }))) return null;
  await verifyAddress(tx, (await findAccount(tx, email))!.identityId);
  await appendEvents(tx, 'customers', [customerChanged({ id, revision: 1 }), identityVerified(id, 'EMAIL')]);
  return id;
}

async function adoptProfile(tx: Tx, { givenName, familyName }: Claim, account: Account): Promise<string> {
  await fillCustomer(tx, account.id, { givenName, familyName, phone: null, companyId: null });
  const verified = (await verifyAddress(tx, account.identityId)) ? [identityVerified(account.id, 'EMAIL')] : [];
  const touched = await touchCustomers(tx, [account.id]);
  await appendEvents(tx, 'customers', [...touched.map(customerChanged), ...verified]);
  return account.id;
}

async function moveAddress(tx: Tx, claim: Claim, account: Account): Promise<string> {
  await deleteAddress(tx, account.identityId);
  // Who has another address has mistaken this one for their own: they keep what is theirs.
  if (!(await promoteVerifiedAddress(tx, account.id))) {
    await deletePassword(tx, account.id);
    await endSessionsOf(tx, [account.id]);
  }
  const touched = await touchCustomers(tx, [account.id]);
  await appendEvents(tx, 'customers', touched.map(customerChanged));
  const made = await makeProfile(tx, claim);
  // Others may have seen the address free only after this transaction.
  if (made === null) throw new Error('An address that was held by this transaction has another owner.');
  return made;
}
