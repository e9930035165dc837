import type { Db } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Customer } from '../../domain/profile/customer.ts';
import { profileColumns, profileJoins } from './customers.ts';

/** A page of people. */
export interface CustomerPage {
  readonly limit: number;
  /** The last who was seen; null to begin. */
  readonly before: string | null;
  readonly group: string | null;
  readonly segment: string | null;
}

/**
 * People, newest first, in one statement; those in a group, in a segment, or in both where they are named. Merged and erased profiles are
 * left out.
 */
export async function findCustomerPage(db: Db, { limit, before, group, segment }: CustomerPage): Promise<Customer[]> {
  const isIn = (code: string, kind: 'GROUP' | 'SEGMENT') => sql`
    and exists (select from customers.group_members m join customers.groups g on g.code = m.group_code and g.kind = ${kind}
      where m.customer_id = c.customer_id and m.group_code = ${code})`;
  return await db.execute<Customer & Record<string, unknown>>(sql`
    select ${profileColumns} from customers.customers c ${profileJoins}
    where c.merged_into is null and c.erased_at is null and (${before}::uuid is null or c.customer_id < ${before}::uuid)
      ${group === null ? sql`` : isIn(group, 'GROUP')} ${segment === null ? sql`` : isIn(segment, 'SEGMENT')}
    order by c.customer_id desc limit ${limit}`);
}
