import { brokenConstraint, inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { upsertCustomer } from '../data/customers.ts';
import { findProfile } from '../data/passwords.ts';
import { customerChanged, learnsFrom, type Person } from '../domain/customer.ts';
import { readEmail, readId, readName, readPhone } from './read-input.ts';
import { valueOf } from './refuse-fault.ts';

/** A person as another service names them. */
export interface PersonInput {
  readonly email: string;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly companyId?: string | null | undefined;
}

/** What became of the request; the id is null when the profile is not for whoever names its address. */
export interface EnsuredCustomer {
  readonly customerId: string | null;
  readonly created: boolean;
}

/**
 * Addresses of accounts are not verified: whoever signed up with one would see the orders of its owner, if those that name the
 * address without signing in joined the profile.
 */
const NOT_THEIRS: EnsuredCustomer = { customerId: null, created: false };
class SignsIn extends Error {}

/**
 * Finds the profile of an address or makes one, and fills what it lacks; what it has stays. However many callers name one address at
 * once, there is one profile and one of them made it. The event is written in the same transaction, when something changed. A profile
 * that somebody signs in with is neither given nor changed.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function ensureCustomer(db: Database, input: PersonInput): Promise<EnsuredCustomer> {
  const person: Person = {
    email: valueOf(readEmail(input.email)),
    givenName: valueOf(readName(input.givenName, 'givenName')),
    familyName: valueOf(readName(input.familyName, 'familyName')),
    phone: valueOf(readPhone(input.phone)),
    companyId: valueOf(readId(input.companyId, 'companyId')),
  };
  // Most orders are of people who are known: a plain read takes no lock on their row. The upsert below is right without it.
  const known = await findProfile(db.orm, person.email);
  if (known?.signsIn) return NOT_THEIRS;
  if (known && !learnsFrom(known.customer, person)) return { customerId: known.customer.id, created: false };
  try {
    return await write(db, person);
  } catch (error) {
    if (error instanceof SignsIn) return NOT_THEIRS;
    if (brokenConstraint(error) !== 'customers_company') throw error;
    throw badInput('There is no such company.', ['input', 'companyId']);
  }
}

const write = (db: Database, person: Person): Promise<EnsuredCustomer> =>
  inTransaction(db, async (tx) => {
    const id = newId();
    const customer = await upsertCustomer(tx, id, person);
    if (customer?.id === id) {
      await appendEvents(tx, 'customers', [customerChanged(customer)]);
      return { customerId: id, created: true };
    }
    // Somebody else made it meanwhile, perhaps by signing up: this statement sees what the upsert ran into.
    const found = (await findProfile(tx, person.email))!;
    if (found.signsIn) throw new SignsIn();
    if (customer) await appendEvents(tx, 'customers', [customerChanged(customer)]);
    return { customerId: found.customer.id, created: false };
  });
