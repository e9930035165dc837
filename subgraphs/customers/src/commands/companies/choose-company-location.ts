import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findLocations } from '../../data/companies/locations.ts';
import { chooseLocation } from '../../data/companies/members.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { staleTokensOf } from '../../data/signing/revocations.ts';
import type { CompanyLocation } from '../../domain/companies/company-location.ts';

export type ChooseLocationOutcome =
  { readonly __typename: 'CompanyLocationChosen'; readonly location: CompanyLocation } | ReturnType<typeof notFound>;

/** Lets a member buy for a location of the own company from now on; tokens that name another one end. Repeating it is harmless. */
export async function chooseCompanyLocation(
  db: Database,
  { customerId }: Caller,
  companyLocationId: string,
): Promise<ChooseLocationOutcome> {
  const none = notFound('Your company has no such location.', ['input', 'companyLocationId']);
  if (customerId === undefined || !isId(companyLocationId)) return none;
  return inTransaction(db, async (tx) => {
    const person = await lockCustomer(tx, customerId);
    if (!person || !(await chooseLocation(tx, person.id, companyLocationId))) return none;
    await staleTokensOf(tx, [person.id]);
    return { __typename: 'CompanyLocationChosen', location: (await findLocations(tx, [companyLocationId]))[0]! };
  });
}
