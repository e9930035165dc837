import { brokenConstraint, inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { findEvidence, insertPerson, type NewIdentity } from '../../data/profile/identities.ts';
import { customerChanged, type Customer } from '../../domain/profile/customer.ts';
import { byWeight } from '../../domain/profile/identity.ts';
import { readEmail, readLocale, readName, readPhone, type Read } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { IDENTITY_TAKEN } from './change-identities.ts';
import { readLoyaltyCard } from './read-identity.ts';

/** A person as staff type them in. */
export interface CreateCustomerInput {
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly phoneVerified?: boolean | null | undefined;
  readonly loyaltyCard?: string | null | undefined;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

export type CreateCustomerOutcome =
  { readonly __typename: 'CustomerCreated'; readonly customer: Customer } | ReturnType<typeof invalidInput>;

const NOBODY = invalidInput('IDENTITY_NEEDED', 'Name an address, a telephone number or a loyalty card.', ['input']);
const FIELDS = { EMAIL: 'email', PHONE: 'phone', LOYALTY_CARD: 'loyaltyCard', EXTERNAL: 'externalId' } as const;

/**
 * Makes the profile of a person with all that is known of them, in one transaction with its event: all of it or nothing. Of several who
 * make a person with one identity at once, one does.
 */
export async function createCustomer(db: Database, input: CreateCustomerInput): Promise<CreateCustomerOutcome> {
  const optional = <T>(text: string | null | undefined, read: (text: string) => Read<T>): Read<T | null> =>
    text?.trim() ? read(text) : { value: null };
  const email = optional(input.email, readEmail);
  const card = optional(input.loyaltyCard, readLoyaltyCard);
  const phone = readPhone(input.phone);
  const givenName = readName(input.givenName, 'givenName');
  const familyName = readName(input.familyName, 'familyName');
  const locale = readLocale(input.locale);
  const refusal = refusalOf(email, phone, card, givenName, familyName, locale);
  if (refusal) return refusal;

  const named: [NewIdentity['kind'], string | null, boolean][] = [
    ['LOYALTY_CARD', valueOf(card), true],
    ['EMAIL', valueOf(email), false],
    ['PHONE', valueOf(phone), input.phoneVerified === true],
  ];
  const identities = named
    .flatMap(([kind, value, isVerified]) =>
      value === null ? [] : [{ kind, source: '', value, isVerified, isPrimary: true }],
    )
    .sort(byWeight);
  if (identities.length === 0) return NOBODY;
  const person = { givenName: valueOf(givenName), familyName: valueOf(familyName), locale: valueOf(locale) };
  try {
    return await inTransaction(db, async (tx) => {
      const id = newId();
      await insertPerson(tx, id, person, identities);
      await appendEvents(tx, 'customers', [customerChanged({ id, revision: 1 })]);
      return { __typename: 'CustomerCreated', customer: (await findCustomers(tx, [id]))[0]! };
    });
  } catch (error) {
    if (brokenConstraint(error) !== 'identities_value') throw error;
    const [taken] = [...(await findEvidence(db.orm, identities))].sort(byWeight);
    return IDENTITY_TAKEN(['input', FIELDS[taken?.kind ?? 'EMAIL']]);
  }
}
