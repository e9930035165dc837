import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from '../profile/customers.ts';

/** Ids of profiles that were merged into customers, the oldest profile first, in one statement. */
export const findFormerIds = (
  db: Db | Tx,
  customerIds: readonly string[],
): Promise<{ customerId: string; formerId: string }[]> =>
  db.execute<{ customerId: string; formerId: string }>(sql`
    select merged_into as "customerId", customer_id as "formerId" from customers.customers
    where merged_into = any(${uuids(customerIds)}) order by created_at, customer_id`);
