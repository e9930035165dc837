import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from '../profile/customers.ts';

/** A person with all profiles that were merged into theirs. */
export interface PersonIds {
  /** The profile that they have now. */
  readonly id: string;
  /** Profiles that were merged into it, in order of id. */
  readonly formerIds: readonly string[];
  readonly isErased: boolean;
}

/** The person whom an id means now; null when there is none. */
export async function findPerson(db: Db | Tx, customerId: string): Promise<PersonIds | null> {
  const [row] = await db.execute<PersonIds & Record<string, unknown>>(sql`
    select c.customer_id as id, c.erased_at is not null as "isErased",
      array(select f.customer_id::text from customers.customers f where f.merged_into = c.customer_id order by f.customer_id) as "formerIds"
    from customers.customers asked join customers.customers c on c.customer_id = coalesce(asked.merged_into, asked.customer_id)
    where asked.customer_id = ${customerId}::uuid`);
  return row ?? null;
}

/** All ids of a person, their own first. */
export const allIds = ({ id, formerIds }: PersonIds): string[] => [id, ...formerIds];

/** Whether an address in lower case is one of the person's. */
export async function hasEmail(db: Db | Tx, person: PersonIds, email: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select from customers.identities where customer_id = any(${uuids(allIds(person))}) and kind = 'EMAIL' and value = ${email} limit 1`);
  return rows.length > 0;
}

/** The addresses of a person, in no order. They have 20 a profile at most. */
export async function findEmails(db: Db | Tx, person: PersonIds): Promise<string[]> {
  const rows = await db.execute<{ value: string }>(sql`
    select value from customers.identities where customer_id = any(${uuids(allIds(person))}) and kind = 'EMAIL'`);
  return rows.map(({ value }) => value);
}

/** Companies that have no other administrator than this person, in order of id. */
export async function findOrphans(db: Db | Tx, person: PersonIds): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select m.company_id as id from customers.company_members m
    where m.customer_id = any(${uuids(allIds(person))}) and m.left_at is null and m.role = 'ADMIN' and not exists (
      select from customers.company_members o
      where o.company_id = m.company_id and o.left_at is null and o.role = 'ADMIN' and o.customer_id <> m.customer_id)
    order by 1 limit 100`);
  return rows.map(({ id }) => id);
}

/** What else is known of a person who wants to be forgotten. */
export interface Standing {
  readonly points: number;
  /** Whether the person placed orders on the account of a company that owes something now. */
  readonly hasOpenCredit: boolean;
}

export async function findStandingOf(db: Db | Tx, person: PersonIds): Promise<Standing> {
  const ids = uuids(allIds(person));
  const [row] = await db.execute<{ points: string; hasOpenCredit: boolean }>(sql`
    select (select coalesce(sum(balance), 0)::text from customers.accounts where kind = 'POINTS' and owner_id = any(${ids})) as points,
      exists (select from customers.credit_orders o join customers.accounts a on a.owner_id = o.company_location_id
        where o.customer_id = any(${ids}) and a.kind = 'CREDIT' and a.balance < 0) as "hasOpenCredit"`);
  return { points: Number(row!.points), hasOpenCredit: row!.hasOpenCredit };
}
