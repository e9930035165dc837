import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { findAccounts, setLimit } from '../../data/accounts/accounts.ts';
import { lockCompany } from '../../data/companies/companies.ts';
import { insertLocation, lockLocation, updateLocation } from '../../data/companies/locations.ts';
import { companyChanged } from '../../domain/companies/company.ts';
import type { CompanyLocation, LocationValues } from '../../domain/companies/company-location.ts';
import { changed } from './read-company.ts';
import { readLocation, type LocationInput } from './read-company-location.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

/** Which location, and what it becomes. */
export interface SetLocation extends LocationInput {
  /** Absent for a new one. */
  readonly companyLocationId?: string | null | undefined;
  /** Of a new one. */
  readonly companyId?: string | null | undefined;
  /** Null or absent when it does not matter. */
  readonly expectedVersion?: number | null | undefined;
}

export type SetLocationOutcome =
  | { readonly __typename: 'CompanyLocationSet'; readonly location: CompanyLocation }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

/**
 * Makes or changes a location of a company with its credit limit and the event of the company, in one transaction. Orders that take credit
 * at the same time see the terms before or after, never something between. A limit below what is owed only refuses new orders.
 */
export async function setCompanyLocation(db: Database, input: SetLocation): Promise<SetLocationOutcome> {
  const { companyLocationId, companyId, expectedVersion } = input;
  const read = readLocation(input);
  if ('fault' in read)
    return invalidInput(read.fault.code, read.fault.message, ['input', ...read.fault.field.split('.')]);
  const { creditLimit, ...values } = read.value;
  const write = async (tx: Tx): Promise<SetLocationOutcome> => {
    const location =
      companyLocationId == null
        ? await make(tx, companyId, values)
        : await change(tx, companyLocationId, values, expectedVersion ?? null);
    await writeLimit(tx, location, creditLimit);
    const company = (await lockCompany(tx, location.companyId))!;
    await appendEvents(tx, 'customers', [companyChanged(company)]);
    return { __typename: 'CompanyLocationSet', location };
  };
  try {
    return await orRefused(inTransaction(db, write));
  } catch (error) {
    if (brokenConstraint(error) !== 'company_locations_name') throw error;
    return invalidInput('NAME_TAKEN', 'Another location of the company has this name.', ['input', 'name']);
  }
}

type Values = { readonly [Field in keyof LocationValues]?: LocationValues[Field] | undefined };

const refuse = (outcome: SetLocationOutcome) => new RefusedChange<SetLocationOutcome>(outcome);
const noLocation = () => refuse(notFound('There is no such location.', ['input', 'companyLocationId']));

/** @throws RefusedChange */
async function make(tx: Tx, companyId: string | null | undefined, values: Values): Promise<CompanyLocation> {
  const company = companyId != null && isId(companyId) ? await lockCompany(tx, companyId) : null;
  if (!company) throw refuse(notFound('There is no such company.', ['input', 'companyId']));
  const { name, address, currency } = values;
  if (name === undefined || address === undefined || currency === undefined)
    throw refuse(
      invalidInput('INCOMPLETE', 'A new location needs a name, an address and a currency.', [
        'input',
        name === undefined ? 'name' : address === undefined ? 'address' : 'currency',
      ]),
    );
  const {
    externalReference = null,
    priceListCode = null,
    taxExemption = null,
    termsDays = null,
    defaultChannel = null,
  } = values;
  const all = { name, address, currency, externalReference, priceListCode, taxExemption, termsDays, defaultChannel };
  return insertLocation(tx, { id: newId(), companyId: company.id }, all);
}

/** @throws RefusedChange */
async function change(tx: Tx, id: string, values: Values, expectedVersion: number | null): Promise<CompanyLocation> {
  const before = isId(id) ? await lockLocation(tx, id) : null;
  if (!before) throw noLocation();
  if (expectedVersion !== null && expectedVersion !== before.version)
    throw refuse(versionConflict('The location', before.version));
  const { id: _, companyId: __, version: ___, ...known } = before;
  const after = changed<LocationValues>(known, values);
  if (after.currency !== before.currency && (await isCreditUsed(tx, before)))
    throw refuse(
      invalidInput('CURRENCY_IN_USE', 'Something is owed, held or prepaid in the currency that the location has.', [
        'input',
        'currency',
      ]),
    );
  return updateLocation(tx, before, after);
}

async function isCreditUsed(tx: Tx, { id, currency }: CompanyLocation): Promise<boolean> {
  const accounts = await findAccounts(tx, 'CREDIT', [id]);
  return accounts.some(({ unit, balance, held }) => unit === currency && (balance !== 0 || held !== 0));
}

/** @throws RefusedChange */
async function writeLimit(tx: Tx, { id, currency }: CompanyLocation, limit: Money | null | undefined): Promise<void> {
  if (limit === undefined) return;
  if (limit !== null && limit.currency !== currency)
    throw refuse(
      invalidInput('WRONG_CURRENCY', `The location pays in ${currency}.`, ['input', 'creditLimit', 'currency']),
    );
  await setLimit(tx, { kind: 'CREDIT', ownerId: id, unit: currency }, limit?.minorUnits ?? 0);
}
