import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { upsertCompany as writeCompany } from '../data/companies.ts';
import { readText } from './read-input.ts';
import { valueOf } from './refuse-fault.ts';

const MAX_NAME_LENGTH = 200;
const MAX_TAX_ID_LENGTH = 50;

export interface CompanyInput {
  readonly name: string;
  readonly taxId?: string | null | undefined;
}

/** Makes a company, or changes the one of that name, in one statement; an absent tax number stays. @throws GraphQLError BAD_USER_INPUT */
export async function upsertCompany(db: Database, { name, taxId }: CompanyInput): Promise<{ companyId: string }> {
  const company = {
    id: newId(),
    name: valueOf(readText(name, 'name', MAX_NAME_LENGTH)),
    taxId: taxId ? valueOf(readText(taxId, 'taxId', MAX_TAX_ID_LENGTH)) : null,
  };
  return { companyId: await writeCompany(db.orm, company) };
}
