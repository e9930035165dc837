import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import {
  fitBelow,
  insertCompany,
  lockCompany,
  lockTree,
  updateCompany,
  type CompanyValues,
} from '../../data/companies/companies.ts';
import { companyChanged, MAX_TREE_LEVELS, type Company } from '../../domain/companies/company.ts';
import { changed, readCompany, type CompanyChange, type CompanyChangeInput } from './read-company.ts';

/** Which company, and what it becomes. */
export interface SetCompany extends CompanyChangeInput {
  /** Absent for a new one. */
  readonly companyId?: string | null | undefined;
  /** Null or absent when it does not matter. */
  readonly expectedVersion?: number | null | undefined;
}

export type SetCompanyOutcome =
  | { readonly __typename: 'CompanySet'; readonly company: Company }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

/** What broken constraints mean to the client. */
const TAKEN: Readonly<Record<string, ReturnType<typeof invalidInput>>> = {
  companies_name: invalidInput('NAME_TAKEN', 'Another company has this name.', ['input', 'name']),
  companies_external_reference: invalidInput('REFERENCE_TAKEN', 'Another company has this reference.', [
    'input',
    'externalReference',
  ]),
};

/**
 * Makes or changes a company with its event, in one transaction; a change to what already is, is none. Moves in the tree follow one
 * after the other, so that no two of them make a cycle.
 */
export async function setCompany(db: Database, input: SetCompany): Promise<SetCompanyOutcome> {
  const { companyId, expectedVersion } = input;
  if (companyId != null && !isId(companyId)) return noCompany();
  const read = readCompany(input);
  if ('fault' in read) return invalidInput(read.fault.code, read.fault.message, ['input', read.fault.field]);
  if (companyId == null && read.value.name === undefined)
    return invalidInput('INVALID_TEXT', 'A new company needs a name.', ['input', 'name']);
  try {
    return await inTransaction(db, async (tx) => {
      // Before any row: whoever holds a row and waits for the tree would wait for somebody who waits for the row.
      if (read.value.parentId != null) await lockTree(tx);
      return companyId == null
        ? make(tx, read.value)
        : change(tx, companyId.toLowerCase(), read.value, expectedVersion ?? null);
    });
  } catch (error) {
    const taken = TAKEN[brokenConstraint(error) ?? ''];
    if (taken) return taken;
    throw error;
  }
}

const noCompany = () => notFound('There is no such company.', ['input', 'companyId']);

async function make(tx: Tx, change: CompanyChange): Promise<SetCompanyOutcome> {
  const id = newId();
  const values = changed(NEW_COMPANY, change);
  return (await misfit(tx, id, values.parentId)) ?? told(tx, await insertCompany(tx, id, values));
}

/** What a company is where nothing else is said. */
const NEW_COMPANY: CompanyValues = {
  name: '',
  taxId: null,
  parentId: null,
  externalReference: null,
  status: 'ACTIVE',
  timeZone: 'UTC',
};

async function change(
  tx: Tx,
  id: string,
  change: CompanyChange,
  expectedVersion: number | null,
): Promise<SetCompanyOutcome> {
  const before = await lockCompany(tx, id);
  if (!before) return noCompany();
  if (expectedVersion !== null && expectedVersion !== before.version)
    return versionConflict('The company', before.version);
  const { id: _, version: __, ...values } = before;
  const after = changed<CompanyValues>(values, change);
  if (Object.entries(after).every(([field, value]) => values[field as keyof CompanyValues] === value))
    return { __typename: 'CompanySet', company: before };
  const refusal = after.parentId === before.parentId ? null : await misfit(tx, id, after.parentId);
  return refusal ?? told(tx, await updateCompany(tx, id, after));
}

async function told(tx: Tx, company: Company): Promise<SetCompanyOutcome> {
  await appendEvents(tx, 'customers', [companyChanged(company)]);
  return { __typename: 'CompanySet', company };
}

/** Why a company cannot go below another one; null when it can. */
async function misfit(tx: Tx, id: string, parentId: string | null): Promise<ReturnType<typeof invalidInput> | null> {
  if (parentId === null) return null;
  const path = ['input', 'parentId'];
  const { parentExists, isCycle, levels } = await fitBelow(tx, id, parentId);
  if (!parentExists) return invalidInput('UNKNOWN_PARENT', 'There is no such company.', path);
  if (isCycle) return invalidInput('COMPANY_CYCLE', 'The parent belongs to this company itself.', path);
  if (levels > MAX_TREE_LEVELS)
    return invalidInput('TREE_TOO_DEEP', `A tree of companies has at most ${MAX_TREE_LEVELS} levels.`, path);
  return null;
}
