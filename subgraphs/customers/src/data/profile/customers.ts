import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Customer, IdentityKind, Person, PersonDetails, ProfileChange } from '../../domain/profile/customer.ts';

/** A profile in rows of `customers.customers c`, with what `profileJoins` joins to it. */
export const profileColumns = sql`c.customer_id as id, email.value as email, email.verified_at is not null as "emailVerified",
  phone.value as phone, phone.verified_at is not null as "phoneVerified", c.given_name as "givenName", c.family_name as "familyName", c.locale,
  member.company_id as "companyId", member.role as "companyRole", c.revision::int as revision, c.created_at::text as "createdAt",
  c.erased_at::text as "erasedAt"`;

/** Joins to `customers.customers c`; each at most one row, by an index. */
export const profileJoins = sql`
  left join customers.identities email on email.customer_id = c.customer_id and email.kind = 'EMAIL' and email.is_primary
  left join customers.identities phone on phone.customer_id = c.customer_id and phone.kind = 'PHONE' and phone.is_primary
  left join customers.company_members member on member.customer_id = c.customer_id and member.left_at is null`;

/** A profile under the id that was asked for, which is an old one where profiles were merged. */
export type FoundCustomer = Customer & { readonly askedId: string };

/** Customers by id, old ids of merged profiles included, in one statement and in no order. */
export async function findCustomers(db: Db | Tx, ids: readonly string[]): Promise<FoundCustomer[]> {
  if (ids.length === 0) return [];
  return await db.execute<FoundCustomer & Record<string, unknown>>(sql`
    select asked.customer_id as "askedId", ${profileColumns}
    from customers.customers asked
    join customers.customers c on c.customer_id = coalesce(asked.merged_into, asked.customer_id) ${profileJoins}
    where asked.customer_id = any(${uuids(ids)})`);
}

/** The customer who is known by an identity, in one statement; null when nobody is. Unverified numbers identify nobody. */
export async function findCustomerByIdentity(
  db: Db | Tx,
  identity: { readonly kind: IdentityKind; readonly source?: string; readonly value: string },
): Promise<Customer | null> {
  const [row] = await db.execute<Customer & Record<string, unknown>>(sql`
    select ${profileColumns}
    from customers.identities i join customers.customers c on c.customer_id = i.customer_id ${profileJoins}
    where i.kind = ${identity.kind} and i.source = ${identity.source ?? ''} and i.value = ${identity.value}
      and (i.kind <> 'PHONE' or i.verified_at is not null)`);
  return row ?? null;
}

/** The customer of an address in lower case, or null. */
export const findCustomerByEmail = (db: Db | Tx, email: string): Promise<Customer | null> =>
  findCustomerByIdentity(db, { kind: 'EMAIL', value: email });

/**
 * Makes the profile of an address under `id`, in one statement: nothing is made when the address has one already.
 * @returns whether it was made.
 * @throws with the constraint `company_members_company` when the company does not exist.
 */
export async function insertCustomer(tx: Tx, id: string, person: Person): Promise<boolean> {
  const rows = await tx.execute(sql`
    with address as (
      insert into customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
      values (${newId()}::uuid, ${id}::uuid, 'EMAIL', ${person.email}, true, customers.app_now())
      on conflict (kind, source, value) where kind <> 'PHONE' or verified_at is not null do nothing returning customer_id
    ), person as (
      insert into customers.customers (customer_id, given_name, family_name, revision, created_at, updated_at)
      select customer_id, ${person.givenName}, ${person.familyName}, 1, customers.app_now(), customers.app_now() from address returning customer_id
    ), number as (
      insert into customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
      select ${newId()}::uuid, customer_id, 'PHONE', ${person.phone}, true, customers.app_now() from person where ${person.phone}::text is not null
    ), member as (
      insert into customers.company_members (member_id, company_id, customer_id, role, joined_at)
      select ${newId()}::uuid, ${person.companyId}::uuid, customer_id, 'BUYER', customers.app_now() from person where ${person.companyId}::uuid is not null
    )
    select customer_id from person`);
  return rows.length > 0;
}

/**
 * Fills what a profile lacks of a person; what it has stays. The row of the profile is locked first.
 * @returns the profile's new revision; null when it lacked nothing of this.
 */
export async function fillCustomer(tx: Tx, id: string, person: PersonDetails): Promise<number | null> {
  const [known] = await tx.execute<{ phone: boolean; company: boolean }>(sql`
    select exists (select from customers.identities where customer_id = c.customer_id and kind = 'PHONE' and is_primary) as phone,
      exists (select from customers.company_members where customer_id = c.customer_id and left_at is null) as company
    from customers.customers c where customer_id = ${id}::uuid for update`);
  if (!known) return null;
  let filled = false;
  if (!known.phone && person.phone !== null) filled = (await insertIdentity(tx, id, 'PHONE', person.phone)) || filled;
  if (!known.company && person.companyId !== null) {
    const rows = await tx.execute(sql`
      insert into customers.company_members (member_id, company_id, customer_id, role, joined_at)
      values (${newId()}::uuid, ${person.companyId}::uuid, ${id}::uuid, 'BUYER', customers.app_now()) on conflict do nothing returning member_id`);
    filled = rows.length > 0 || filled;
  }
  const [row] = await tx.execute<{ revision: number }>(sql`
    update customers.customers set given_name = coalesce(given_name, ${person.givenName}), family_name = coalesce(family_name, ${person.familyName}),
      revision = revision + 1, updated_at = customers.app_now()
    where customer_id = ${id}::uuid and erased_at is null and (${filled}::boolean or (given_name is null and ${person.givenName}::text is not null)
      or (family_name is null and ${person.familyName}::text is not null))
    returning revision::int as revision`);
  return row?.revision ?? null;
}

/** Gives a profile a primary identity of a kind that it has none of. @returns whether it got it. */
async function insertIdentity(tx: Tx, customerId: string, kind: IdentityKind, value: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
    values (${newId()}::uuid, ${customerId}::uuid, ${kind}, ${value}, true, customers.app_now()) on conflict do nothing returning identity_id`);
  return rows.length > 0;
}

/**
 * Changes a profile. The row of the profile is locked first.
 * @returns the profile's new revision; null when nothing was to change, or there is no such profile.
 */
export async function updateCustomer(tx: Tx, id: string, change: ProfileChange): Promise<number | null> {
  const [known] = await tx.execute(
    sql`select 1 from customers.customers where customer_id = ${id}::uuid and erased_at is null for update`,
  );
  if (!known) return null;
  const renumbered = change.phone !== undefined && (await setPhone(tx, id, change.phone));
  const names: readonly (readonly [SQL, string | null | undefined])[] = [
    [sql`given_name`, change.givenName],
    [sql`family_name`, change.familyName],
    [sql`locale`, change.locale],
  ];
  const changed = names.flatMap(([column, value]) => (value === undefined ? [] : [[column, value] as const]));
  const sets = changed.map(([column, value]) => sql`${column} = ${value}`);
  const differs = changed.map(([column, value]) => sql`${column} is distinct from ${value}`);
  const [row] = await tx.execute<{ revision: number }>(sql`
    update customers.customers set ${sql.join([...sets, sql`revision = revision + 1`, sql`updated_at = customers.app_now()`], sql`, `)}
    where customer_id = ${id}::uuid and (${sql.join([sql`${renumbered}::boolean`, ...differs], sql` or `)})
    returning revision::int as revision`);
  return row?.revision ?? null;
}

/** Sets or clears the primary telephone number; the one before is forgotten. @returns whether that changed anything. */
async function setPhone(tx: Tx, customerId: string, phone: string | null): Promise<boolean> {
  const removed = await tx.execute(sql`
    delete from customers.identities where customer_id = ${customerId}::uuid and kind = 'PHONE' and is_primary and value is distinct from ${phone}
    returning identity_id`);
  if (phone === null) return removed.length > 0;
  const rows = await tx.execute(sql`
    insert into customers.identities as i (identity_id, customer_id, kind, value, is_primary, created_at)
    values (${newId()}::uuid, ${customerId}::uuid, 'PHONE', ${phone}, true, customers.app_now())
    on conflict on constraint identities_once do update set is_primary = true where not i.is_primary returning identity_id`);
  return removed.length > 0 || rows.length > 0;
}

/** A list of ids as one parameter. */
export const uuids = (ids: readonly string[]): SQL => sql`${sql.param(`{${ids.join(',')}}`)}::uuid[]`;
