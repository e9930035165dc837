import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { MAX_TREE_LEVELS } from '../../domain/companies/company.ts';
import type { CompanyRole } from '../../domain/profile/customer.ts';
import { uuids } from '../profile/customers.ts';

/** What a customer is to a company. */
export interface Standing {
  readonly customerId: string;
  readonly companyId: string;
  readonly role: CompanyRole;
  /** Whether it is the own company; else one below it, which only administrators see. */
  readonly isOwn: boolean;
}

/**
 * What customers are to companies now, whatever their tokens say: members to their own, administrators also to those below it.
 * Pairs that have nothing to do with each other are not in the answer. One statement.
 */
export async function findStandings(
  db: Db | Tx,
  pairs: readonly { readonly customerId: string; readonly companyId: string }[],
): Promise<Standing[]> {
  if (pairs.length === 0) return [];
  return db.execute<Standing & Record<string, unknown>>(sql`
    with recursive asked as (
      select distinct a.customer_id, a.company_id, m.company_id as own_id, m.role
      from unnest(${uuids(pairs.map((pair) => pair.customerId))}, ${uuids(pairs.map((pair) => pair.companyId))}) as a(customer_id, company_id)
      join customers.customers c on c.customer_id = a.customer_id
      join customers.company_members m on m.customer_id = coalesce(c.merged_into, c.customer_id) and m.left_at is null
    ), up as (
      select asked.*, asked.company_id as at_id, 1 as level from asked
      union all select up.customer_id, up.company_id, up.own_id, up.role, c.parent_id, up.level + 1
        from up join customers.companies c on c.company_id = up.at_id
        where up.at_id <> up.own_id and up.role = 'ADMIN' and c.parent_id is not null and up.level < ${MAX_TREE_LEVELS}
    )
    select customer_id as "customerId", company_id as "companyId", role, company_id = own_id as "isOwn" from up where at_id = own_id`);
}
