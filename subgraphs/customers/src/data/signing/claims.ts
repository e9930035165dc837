import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { PersonClaims } from '../../domain/signing/session.ts';
import { groupCodesOf } from '../profile/groups.ts';

/**
 * What an access token says of a customer now, with the time in epoch milliseconds at which it was read; null when there is no such
 * person any more. An id that was merged means the survivor.
 */
export async function readClaims(tx: Db | Tx, customerId: string): Promise<(PersonClaims & { nowMs: number }) | null> {
  const [row] = await tx.execute<Omit<PersonClaims, 'groups'> & { nowMs: number }>(sql`
    select c.customer_id as "customerId", m.company_id as "companyId", m.role as "companyRole",
      m.company_location_id as "companyLocationId", ${epochMs} as "nowMs"
    from customers.customers asked
    join customers.customers c on c.customer_id = coalesce(asked.merged_into, asked.customer_id)
    left join customers.company_members m on m.customer_id = c.customer_id and m.left_at is null
    where asked.customer_id = ${customerId}::uuid and c.erased_at is null`);
  if (!row) return null;
  const groups = await groupCodesOf(tx, [row.customerId]);
  return { ...row, groups: groups.get(row.customerId) ?? [] };
}

/** The time of the database in epoch milliseconds. */
export async function readNowMs(db: Db | Tx): Promise<number> {
  const [row] = await db.execute<{ nowMs: number }>(sql`select ${epochMs} as "nowMs"`);
  return row!.nowMs;
}

// Rounded down, and sent as a double: bigint would arrive as text.
const epochMs = sql`floor(extract(epoch from customers.app_now()) * 1000)::float8`;
