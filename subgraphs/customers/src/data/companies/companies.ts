import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import { MAX_TREE_LEVELS, type Company } from '../../domain/companies/company.ts';
import { uuids } from '../profile/customers.ts';

const companyColumns = sql`c.company_id as id, c.name, c.tax_id as "taxId", c.parent_id as "parentId",
  c.external_reference as "externalReference", c.status, c.time_zone as "timeZone", c.version`;

/** Companies by id, in no order. */
export async function findCompanies(db: Db | Tx, ids: readonly string[]): Promise<Company[]> {
  if (ids.length === 0) return [];
  return db.execute<Company & Record<string, unknown>>(sql`
    select ${companyColumns} from customers.companies c where c.company_id = any(${uuids(ids)})`);
}

/** Companies in order of id, behind one; only those below a company, or of an external reference, where one is named. */
export const listCompanies = (
  db: Db | Tx,
  filter: {
    readonly parentId: string | null;
    readonly externalReference: string | null;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<Company[]> => {
  const conditions: SQL[] = [sql`true`];
  if (filter.parentId !== null) conditions.push(sql`c.parent_id = ${filter.parentId}::uuid`);
  if (filter.externalReference !== null) conditions.push(sql`c.external_reference = ${filter.externalReference}`);
  if (filter.after !== null) conditions.push(sql`c.company_id > ${filter.after}::uuid`);
  return db.execute<Company & Record<string, unknown>>(sql`
    select ${companyColumns} from customers.companies c where ${sql.join(conditions, sql` and `)}
    order by c.company_id limit ${filter.limit}`);
};

/** Makes a company, or gives the one of that name its tax number where one is named. @returns its id. */
export async function upsertCompany(
  db: Db | Tx,
  company: Pick<Company, 'id' | 'name' | 'taxId'>,
): Promise<{ readonly id: string; readonly version: number; readonly changed: boolean }> {
  const [row] = await db.execute<{ id: string; version: number; changed: boolean }>(sql`
    with written as (
      insert into customers.companies as c (company_id, name, tax_id, created_at)
      values (${company.id}::uuid, ${company.name}, ${company.taxId}, customers.app_now())
      on conflict on constraint companies_name do update set tax_id = excluded.tax_id, version = c.version + 1
        where excluded.tax_id is not null and excluded.tax_id is distinct from c.tax_id
      returning c.company_id as id, c.version
    )
    select id, version, true as changed from written
    union all select company_id, version, false from customers.companies where name = ${company.name} and not exists (select from written)`);
  // A company that somebody else made while this statement ran was not there for its second half.
  return row ?? upsertCompany(db, company);
}

/** Lets nobody else change the tree until the transaction ends: two moves that are each right can make a cycle together. */
export const lockTree = async (tx: Tx): Promise<void> =>
  void (await tx.execute(sql`lock table customers.companies in share row exclusive mode`));

/** Locks a company, so that its members, invitations and rules change one after the other. @returns null when there is none. */
export async function lockCompany(tx: Tx, id: string): Promise<Company | null> {
  const [row] = await tx.execute<Company & Record<string, unknown>>(sql`
    select ${companyColumns} from customers.companies c where c.company_id = ${id}::uuid for no key update`);
  return row ?? null;
}

/** What would become of the tree if a company went below another one. */
export interface TreeFit {
  readonly parentExists: boolean;
  readonly isCycle: boolean;
  /** Levels from the top to the lowest company below the one that moves. */
  readonly levels: number;
}

/** Looks at the branch above the new parent and the one below the company. The tree must be locked for the answer to stay. */
export async function fitBelow(tx: Tx, id: string, parentId: string): Promise<TreeFit> {
  const [row] = await tx.execute<TreeFit & Record<string, unknown>>(sql`
    with recursive up as (
      select company_id, parent_id, 1 as level from customers.companies where company_id = ${parentId}::uuid
      union all select c.company_id, c.parent_id, up.level + 1 from up join customers.companies c on c.company_id = up.parent_id
        where up.level < ${MAX_TREE_LEVELS}
    ), down as (
      select ${id}::uuid as company_id, 1 as level
      union all select c.company_id, down.level + 1 from down join customers.companies c on c.parent_id = down.company_id
        where down.level < ${MAX_TREE_LEVELS}
    )
    select (select count(*) > 0 from up) as "parentExists", exists (select from up where company_id = ${id}::uuid) as "isCycle",
      coalesce((select max(level) from up), 0) + (select max(level) from down) as levels`);
  return row!;
}

/** What a company becomes. */
export type CompanyValues = Omit<Company, 'id' | 'version'>;

/** Makes a company. @throws with the constraints `companies_name` and `companies_external_reference`. */
export async function insertCompany(tx: Tx, id: string, values: CompanyValues): Promise<Company> {
  await tx.execute(sql`
    insert into customers.companies (company_id, name, tax_id, parent_id, external_reference, status, time_zone, created_at)
    values (${id}::uuid, ${values.name}, ${values.taxId}, ${values.parentId}::uuid, ${values.externalReference}, ${values.status},
      ${values.timeZone}, customers.app_now())`);
  return { id, ...values, version: 1 };
}

/** Changes a company that is locked. @throws as `insertCompany`. */
export async function updateCompany(tx: Tx, id: string, values: CompanyValues): Promise<Company> {
  const [row] = await tx.execute<{ version: number }>(sql`
    update customers.companies set name = ${values.name}, tax_id = ${values.taxId}, parent_id = ${values.parentId}::uuid,
      external_reference = ${values.externalReference}, status = ${values.status}, time_zone = ${values.timeZone}, version = version + 1
    where company_id = ${id}::uuid returning version`);
  return { id, ...values, version: row!.version };
}
