import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findCustomers, updateCustomer } from '../../data/profile/customers.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { customerChanged, type Customer, type ProfileChange } from '../../domain/profile/customer.ts';
import { type Read, readLocale, readName, readPhone } from '../read-input.ts';

/** Absent fields stay; null or an empty text clears. */
export interface ProfileInput {
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

export type ProfileOutcome = { __typename: 'ProfileUpdated'; customer: Customer } | ReturnType<typeof invalidInput>;

/**
 * Changes a customer's own profile in one transaction, with its event; a change to what already is, is none.
 * @returns InvalidInput with the path of the first field at fault; null when there is no such customer.
 */
export async function updateProfile(
  db: Database,
  customerId: string,
  input: ProfileInput,
): Promise<ProfileOutcome | null> {
  const change = readChange(input);
  if ('code' in change) return change;
  const customer = await inTransaction(db, async (tx) => {
    const locked = await lockCustomer(tx, customerId);
    return locked && write(tx, locked.id, change);
  });
  return customer && { __typename: 'ProfileUpdated', customer };
}

/** A change of somebody's profile by staff. */
export interface CustomerUpdateInput extends ProfileInput {
  readonly customerId: string;
  readonly expectedVersion: number;
}

export type CustomerUpdateOutcome =
  | { __typename: 'CustomerUpdated'; customer: Customer }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

const NO_CUSTOMER = notFound('There is no such customer.', ['input', 'customerId']);

/** Changes anybody's profile where it is still at the version that was read. Whatever belongs to the profile counts in its version. */
export async function updateCustomerAsStaff(db: Database, input: CustomerUpdateInput): Promise<CustomerUpdateOutcome> {
  const change = readChange(input);
  if ('code' in change) return change;
  if (!isId(input.customerId)) return NO_CUSTOMER;
  return inTransaction(db, async (tx): Promise<CustomerUpdateOutcome> => {
    const locked = await lockCustomer(tx, input.customerId);
    if (!locked) return NO_CUSTOMER;
    if (locked.revision !== input.expectedVersion) return versionConflict('The profile', locked.revision);
    return { __typename: 'CustomerUpdated', customer: await write(tx, locked.id, change) };
  });
}

async function write(tx: Tx, id: string, change: ProfileChange): Promise<Customer> {
  const revision = await updateCustomer(tx, id, change);
  if (revision !== null) await appendEvents(tx, 'customers', [customerChanged({ id, revision })]);
  const [customer] = await findCustomers(tx, [id]);
  return customer!;
}

function readChange(input: ProfileInput): ProfileChange | ReturnType<typeof invalidInput> {
  const reads: [keyof ProfileChange, Read<string | null>][] = [
    ['givenName', readName(input.givenName, 'givenName')],
    ['familyName', readName(input.familyName, 'familyName')],
    ['phone', readPhone(input.phone)],
    ['locale', readLocale(input.locale)],
  ];
  const change: { -readonly [Field in keyof ProfileChange]: ProfileChange[Field] } = {};
  for (const [field, read] of reads) {
    if ('fault' in read) return invalidInput(read.fault.code, read.fault.message, ['input', field]);
    if (input[field] !== undefined) change[field] = read.value;
  }
  return change;
}
