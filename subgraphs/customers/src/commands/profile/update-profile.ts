import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { findCustomers, updateCustomer } from '../data/customers.ts';
import { customerChanged, type Customer, type ProfileChange } from '../domain/customer.ts';
import { type Read, readName, readPhone } from './read-input.ts';

/** Absent fields stay; null or an empty text clears. */
export interface ProfileInput {
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly phone?: string | null | undefined;
}

export type ProfileOutcome = { __typename: 'ProfileUpdated'; customer: Customer } | ReturnType<typeof invalidInput>;

/**
 * Changes a customer's own profile in one statement, with its event; a change to what already is, is none.
 * @returns InvalidInput with the path of the first field at fault; null when there is no such customer.
 */
export async function updateProfile(
  db: Database,
  customerId: string,
  input: ProfileInput,
): Promise<ProfileOutcome | null> {
  const reads: [keyof ProfileChange, Read<string | null>][] = [
    ['givenName', readName(input.givenName, 'givenName')],
    ['familyName', readName(input.familyName, 'familyName')],
    ['phone', readPhone(input.phone)],
  ];
  const change: { -readonly [Field in keyof ProfileChange]: ProfileChange[Field] } = {};
  for (const [field, read] of reads) {
    if ('fault' in read) return invalidInput(read.fault.code, read.fault.message, ['input', field]);
    if (input[field] !== undefined) change[field] = read.value;
  }
  const customer = await inTransaction(db, async (tx) => {
    const changed = await updateCustomer(tx, customerId, change);
    if (!changed) return (await findCustomers(tx, [customerId]))[0] ?? null;
    await appendEvents(tx, 'customers', [customerChanged(changed)]);
    return changed;
  });
  return customer && { __typename: 'ProfileUpdated', customer };
}
