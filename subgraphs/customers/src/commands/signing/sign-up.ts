import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import type { busy, invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { findCustomers, insertCustomer } from '../../data/profile/customers.ts';
import { findAccount, setPassword } from '../../data/signing/passwords.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import { hashPassword } from '../../passwords/argon2id.ts';
import { readEmail, readName, readPassword } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { isSomebodys, queueClaim, type Claim } from './address-claims.ts';
import { attempting, type Origin, type TooManyAttempts } from './attempting.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { holderOf } from './session-holder.ts';
import { PASSWORDS_BUSY } from './sign-in.ts';
import type { Signing } from './signing.ts';
import { queueVerification } from './verification-mail.ts';

export interface SignUpRequest {
  readonly email: string;
  readonly password: string;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
}

/** A mail is on its way; what it says is for the owner of the address alone. */
export const VERIFICATION_SENT = { __typename: 'VerificationSent' as const, sent: true };

type Attempted = SignedIn | typeof VERIFICATION_SENT | ReturnType<typeof busy>;
export type SignUpOutcome = Attempted | ReturnType<typeof invalidInput> | TooManyAttempts;

/**
 * Makes a profile with a password and begins its first session, with the event of the profile and the mail that verifies its address,
 * in one transaction. An address that has a profile, whoever made it, gets a mail instead: nobody has shown that it is theirs, and a
 * profile that is there, with its orders, is not for whoever types it. Of many who sign up with one address at once, one does. Where
 * accounts need a verified address, everybody gets the mail, and nothing is made before its link was opened.
 */
export async function signUp(signing: Signing, request: SignUpRequest, origin: Origin): Promise<SignUpOutcome> {
  const email = readEmail(request.email);
  const password = readPassword(request.password);
  const givenName = readName(request.givenName, 'givenName');
  const familyName = readName(request.familyName, 'familyName');
  const refusal = refusalOf(email, password, givenName, familyName);
  if (refusal) return refusal;
  const address = valueOf(email);
  return attempting<Attempted>(
    signing,
    {
      limit: { ...LIMITS.signUp, subjects: [address] },
      clientAddress: origin.clientAddress,
      path: ['input', 'email'],
    },
    async () => {
      // Hashed whether or not the address is known, so that the answer takes as long.
      const hashing = signing.work.run(() => hashPassword(valueOf(password)));
      if (!hashing) return PASSWORDS_BUSY;
      const claim: Claim = {
        email: address,
        passwordHash: await hashing,
        givenName: valueOf(givenName),
        familyName: valueOf(familyName),
      };
      return inTransaction(signing.db, async (tx) => {
        const signedIn = signing.signUp === 'instant' ? await makeAccount(signing, tx, claim, origin) : null;
        if (signedIn) return signedIn;
        await writeToOwner(signing, tx, claim);
        return VERIFICATION_SENT;
      });
    },
  );
}

/** @returns null when the address has a profile. */
async function makeAccount(signing: Signing, tx: Tx, claim: Claim, origin: Origin): Promise<SignedIn | null> {
  const { email, passwordHash, givenName, familyName } = claim;
  const id = newId();
  if (!(await insertCustomer(tx, id, { email, givenName, familyName, phone: null, companyId: null }))) return null;
  const customer = (await findCustomers(tx, [id]))[0]!;
  await setPassword(tx, id, passwordHash);
  await appendEvents(tx, 'customers', [customerChanged(customer)]);
  await queueVerification(signing, tx, (await findAccount(tx, email))!.identityId);
  return { __typename: 'SignedIn', ...(await beginSession(signing, tx, holderOf(id, origin))), customer };
}

async function writeToOwner(signing: Signing, tx: Tx, claim: Claim): Promise<void> {
  const account = await findAccount(tx, claim.email);
  const isProven = account?.identityVerified && (await isSomebodys(tx, account));
  if (isProven) await queueMail(tx, { kind: 'ACCOUNT_EXISTS', to: { identityId: account.identityId } });
  else await queueClaim(signing, tx, claim);
}
