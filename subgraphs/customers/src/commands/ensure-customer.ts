import { brokenConstraint, inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { findCustomerByEmail, upsertCustomer } from '../data/customers.ts';
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

/**
 * Finds the profile of an address or makes one, and fills what it lacks; what it has stays. However many callers name one address at
 * once, there is one profile and one of them made it. The event is written in the same transaction, when something changed.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function ensureCustomer(
  db: Database,
  input: PersonInput,
): Promise<{ customerId: string; created: boolean }> {
  const person: Person = {
    email: valueOf(readEmail(input.email)),
    givenName: valueOf(readName(input.givenName, 'givenName')),
    familyName: valueOf(readName(input.familyName, 'familyName')),
    phone: valueOf(readPhone(input.phone)),
    companyId: valueOf(readId(input.companyId, 'companyId')),
  };
  // Most orders are of people who are known: a plain read takes no lock on their row. The upsert below is right without it.
  const known = await findCustomerByEmail(db.orm, person.email);
  if (known && !learnsFrom(known, person)) return { customerId: known.id, created: false };
  try {
    return await write(db, person);
  } catch (error) {
    if (brokenConstraint(error) !== 'customers_company') throw error;
    throw badInput('There is no such company.', ['input', 'companyId']);
  }
}

const write = (db: Database, person: Person) =>
  inTransaction(db, async (tx) => {
    const id = newId();
    const customer = await upsertCustomer(tx, id, person);
    // Somebody else has just written all of it: this statement sees what the upsert ran into.
    if (!customer) return { customerId: (await findCustomerByEmail(tx, person.email))!.id, created: false };
    await appendEvents(tx, 'customers', [customerChanged(customer)]);
    return { customerId: customer.id, created: customer.id === id };
  });
