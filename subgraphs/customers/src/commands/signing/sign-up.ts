import { inTransaction } from '@kontor/kit/src/database.ts';
import { type busy, invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { findCustomerByEmail, insertCustomer } from '../data/customers.ts';
import { insertPassword } from '../data/passwords.ts';
import { customerChanged } from '../domain/customer.ts';
import { hashPassword } from '../passwords/argon2id.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { readEmail, readName, readPassword } from './read-input.ts';
import { refusalOf, valueOf } from './refuse-fault.ts';
import { PASSWORDS_BUSY, type SignInDeps } from './sign-in.ts';

export interface SignUpRequest {
  readonly email: string;
  readonly password: string;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
}

export type SignUpOutcome = SignedIn | ReturnType<typeof invalidInput> | ReturnType<typeof busy>;

/** Nobody has shown that the address is theirs: a profile that is there, with its orders, is not for whoever types it. */
const EMAIL_TAKEN = invalidInput(
  'EMAIL_TAKEN',
  'There is a profile of this address already. Sign in with its password; if it has none, ask the staff of the shop.',
  ['input', 'email'],
);

/**
 * Makes a profile with a password and begins its first session, with the event of the profile, in one transaction. An address
 * that has a profile is refused, whoever made it; of many who sign up with one address at once, one does.
 */
export async function signUp(
  { db, work }: SignInDeps,
  { email: address, password: text, ...names }: SignUpRequest,
  channel: string,
): Promise<SignUpOutcome> {
  const email = readEmail(address);
  const password = readPassword(text);
  const givenName = readName(names.givenName, 'givenName');
  const familyName = readName(names.familyName, 'familyName');
  const refusal = refusalOf(email, password, givenName, familyName);
  if (refusal) return refusal;

  const person = {
    email: valueOf(email),
    givenName: valueOf(givenName),
    familyName: valueOf(familyName),
    phone: null,
    companyId: null,
  };
  // Spares the work on the password; the insert below is right without it.
  if (await findCustomerByEmail(db.orm, person.email)) return EMAIL_TAKEN;
  const hashing = work.run(() => hashPassword(valueOf(password)));
  if (!hashing) return PASSWORDS_BUSY;
  const passwordHash = await hashing;
  const signedIn = await inTransaction(db, async (tx) => {
    const customer = await insertCustomer(tx, newId(), person);
    if (!customer) return null;
    await insertPassword(tx, customer.id, passwordHash);
    await appendEvents(tx, 'customers', [customerChanged(customer)]);
    return beginSession(tx, customer, { passwordHash, channel });
  });
  return signedIn ?? EMAIL_TAKEN;
}
