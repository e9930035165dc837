import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Two profiles of one name that share something else. */
export interface DuplicatePair {
  readonly customerId: string;
  readonly otherId: string;
  readonly samePhone: boolean;
  readonly sameAddress: boolean;
}

/** Where the list is: behind this pair; behind all pairs of the first when there is no second. */
export interface DuplicatePosition {
  readonly customerId: string;
  readonly otherId: string | null;
}

export interface DuplicatePage {
  readonly pairs: readonly DuplicatePair[];
  /** The last profile that was looked at; null at the end of the list. */
  readonly lookedAtUntil: string | null;
}

/** Profiles that one page looks at, and those of one name that each of them is compared with. */
const LOOKED_AT = 1_000;
const COMPARED = 20;
/** Behind every id. */
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Likely duplicates behind a position, in order of id: pairs of one folded name with a telephone number in common, or a street with its
 * postal code. One statement, whose work is bounded: a page looks at so many profiles and may find none among them.
 */
export async function findDuplicates(
  db: Db | Tx,
  { after, limit }: { readonly after: DuplicatePosition | null; readonly limit: number },
): Promise<DuplicatePage> {
  const [from, behind] = [after?.customerId ?? null, after?.otherId ?? LAST];
  const rows = await db.execute<
    { [Field in keyof DuplicatePair]: DuplicatePair[Field] | null } & { until: string | null }
  >(sql`
    with looked_at as materialized (
      select customer_id, search_name from customers.customers
      where merged_into is null and erased_at is null and (${from}::uuid is null or customer_id >= ${from}::uuid)
      order by customer_id limit ${LOOKED_AT}
    ), pairs as (
      select l.customer_id, o.customer_id as other_id, exists (
          select from customers.identities p join customers.identities q on q.kind = 'PHONE' and q.value = p.value and q.customer_id = o.customer_id
          where p.customer_id = l.customer_id and p.kind = 'PHONE') as same_phone,
        exists (
          select from customers.addresses p join customers.addresses q on q.customer_id = o.customer_id
            and customers.fold(q.postal_code) = customers.fold(p.postal_code) and customers.fold(q.street) = customers.fold(p.street) and q.country = p.country
          where p.customer_id = l.customer_id) as same_address
      from looked_at l cross join lateral (
        select c.customer_id from customers.customers c
        where c.merged_into is null and c.search_name = l.search_name and c.customer_id > l.customer_id
          and (l.customer_id is distinct from ${from}::uuid or c.customer_id > ${behind}::uuid)
        order by c.customer_id limit ${COMPARED}
      ) o
    ), found as (
      select * from pairs where same_phone or same_address order by customer_id, other_id limit ${limit}
    )
    select f.customer_id as "customerId", f.other_id as "otherId", f.same_phone as "samePhone", f.same_address as "sameAddress",
      (select max(customer_id::text) from looked_at having count(*) = ${LOOKED_AT}) as until
    from (select 1) one left join found f on true order by f.customer_id, f.other_id`);
  return {
    pairs: rows.filter((row): row is DuplicatePair & { until: string | null } => row.customerId !== null),
    lookedAtUntil: rows[0]?.until ?? null,
  };
}
