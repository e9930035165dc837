import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { upsertCompany as writeCompany } from '../../data/companies/companies.ts';
import { companyChanged } from '../../domain/companies/company.ts';
import { readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';
import { MAX_COMPANY_NAME_LENGTH, MAX_TAX_ID_LENGTH } from './read-company.ts';

export interface CompanyInput {
  readonly name: string;
  readonly taxId?: string | null | undefined;
}

/** Makes a company, or changes the one of that name, in one statement; an absent tax number stays. @throws GraphQLError BAD_USER_INPUT */
export async function upsertCompany(db: Database, { name, taxId }: CompanyInput): Promise<{ companyId: string }> {
  const company = {
    id: newId(),
    name: valueOf(readText(name, 'name', MAX_COMPANY_NAME_LENGTH)),
    taxId: taxId ? valueOf(readText(taxId, 'taxId', MAX_TAX_ID_LENGTH)) : null,
  };
  return inTransaction(db, async (tx) => {
    const written = await writeCompany(tx, company);
    if (written.changed) await appendEvents(tx, 'customers', [companyChanged(written)]);
    return { companyId: written.id };
  });
}
