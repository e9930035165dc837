import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';

/** A person as an issuer names them, with the address that it has verified, if any. */
export interface ExternalPerson {
  readonly issuer: string;
  readonly subject: string;
  /** In lower case; null when there is none, or nobody has verified it. */
  readonly email: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** Lets one transaction at a time decide whose profile somebody at an issuer has. Taken before any row of a profile. */
export async function lockSubject(tx: Tx, issuer: string, subject: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([issuer, subject])}, 7))`);
}

/** The profile that is linked to somebody at an issuer; null when none is. */
export async function findLinkedCustomer(tx: Tx, issuer: string, subject: string): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select coalesce(c.merged_into, c.customer_id) as id from customers.identities i join customers.customers c using (customer_id)
    where i.kind = 'EXTERNAL' and i.source = ${issuer} and i.value = ${subject}`);
  return row?.id ?? null;
}

/** Who has an address, and whether whoever shows that it is theirs may have the profile. */
export interface AddressOwner {
  readonly customerId: string;
  readonly mayBeLinked: boolean;
  readonly isVerified: boolean;
}

/**
 * The owner of an address in lower case; null when nobody has it. It may be linked when the address is verified, or when nobody signs in to
 * the profile: whoever else made an account with somebody's address keeps it, and what is linked to it stays apart.
 */
export async function findAddressOwner(tx: Tx, email: string): Promise<AddressOwner | null> {
  const [row] = await tx.execute<AddressOwner & Record<string, unknown>>(sql`
    select i.customer_id as "customerId", i.verified_at is not null as "isVerified", i.verified_at is not null or not (
      exists (select from customers.passwords w where w.customer_id = i.customer_id)
      or exists (select from customers.identities x where x.customer_id = i.customer_id and x.kind = 'EXTERNAL')
      or exists (select from customers.sessions s where s.customer_id = i.customer_id)
      or exists (select from customers.credentials k where k.customer_id = i.customer_id and k.revoked_at is null)) as "mayBeLinked"
    from customers.identities i where i.kind = 'EMAIL' and i.source = '' and i.value = ${email}`);
  return row ?? null;
}

/** Links a profile, whose row is locked, to somebody at an issuer. @returns false when somebody else was linked meanwhile. */
export async function insertLink(
  tx: Tx,
  customerId: string,
  { issuer, subject, email }: ExternalPerson,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    with link as (
      insert into customers.identities (identity_id, customer_id, kind, source, value, verified_at, created_at)
      values (${newId()}::uuid, ${customerId}::uuid, 'EXTERNAL', ${issuer}, ${subject}, customers.app_now(), customers.app_now())
      on conflict (kind, source, value) where kind <> 'PHONE' or verified_at is not null do nothing returning customer_id
    ), address as (
      update customers.identities i set verified_at = customers.app_now() from link
      where i.customer_id = link.customer_id and i.kind = 'EMAIL' and i.value = ${email} and i.verified_at is null
    )
    select customer_id from link`);
  return rows.length > 0;
}

/**
 * Makes the profile of somebody at an issuer under `id`, in one statement; with the address where one is given and free.
 * @returns false when nothing was made, because somebody was linked, or got the address, meanwhile.
 */
export async function insertLinkedCustomer(tx: Tx, id: string, person: ExternalPerson): Promise<boolean> {
  const { issuer, subject, email, givenName, familyName } = person;
  const rows = await tx.execute(sql`
    with address as (
      insert into customers.identities (identity_id, customer_id, kind, value, verified_at, is_primary, created_at)
      select ${newId()}::uuid, ${id}::uuid, 'EMAIL', ${email}::text, customers.app_now(), true, customers.app_now() where ${email}::text is not null
      on conflict (kind, source, value) where kind <> 'PHONE' or verified_at is not null do nothing returning customer_id
    ), link as (
      insert into customers.identities (identity_id, customer_id, kind, source, value, verified_at, created_at)
      select ${newId()}::uuid, ${id}::uuid, 'EXTERNAL', ${issuer}, ${subject}, customers.app_now(), customers.app_now()
      where ${email}::text is null or exists (select from address)
      on conflict (kind, source, value) where kind <> 'PHONE' or verified_at is not null do nothing returning customer_id
    )
    insert into customers.customers (customer_id, given_name, family_name, revision, created_at, updated_at)
    select customer_id, ${givenName}, ${familyName}, 1, customers.app_now(), customers.app_now() from link returning customer_id`);
  return rows.length > 0;
}
