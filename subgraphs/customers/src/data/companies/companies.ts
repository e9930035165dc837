import { companies } from '@kontor/drizzle/customers/tables.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { inArray, sql } from 'drizzle-orm';
import type { Company } from '../domain/company.ts';

const columns = { id: companies.companyId, name: companies.name, taxId: companies.taxId };

/** Companies by id, in no order. */
export const findCompanies = (db: Db | Tx, ids: readonly string[]): Promise<Company[]> =>
  db
    .select(columns)
    .from(companies)
    .where(inArray(companies.companyId, [...ids]));

/** Makes a company, or gives the one of that name its tax number where one is named. @returns its id. */
export async function upsertCompany(db: Db | Tx, company: Company): Promise<string> {
  const [row] = await db
    .insert(companies)
    .values({ companyId: company.id, name: company.name, taxId: company.taxId, createdAt: sql`customers.app_now()` })
    .onConflictDoUpdate({
      target: companies.name,
      set: { taxId: sql`coalesce(excluded.tax_id, ${companies.taxId})` },
    })
    .returning({ id: companies.companyId });
  return row!.id;
}
