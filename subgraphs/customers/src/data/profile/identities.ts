import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Customer } from '../../domain/profile/customer.ts';
import type { Identity, IdentityKey } from '../../domain/profile/identity.ts';
import { profileColumns, profileJoins, uuids } from './customers.ts';

const columns = sql`i.identity_id as id, i.customer_id as "customerId", i.kind, i.source, i.value,
  i.verified_at::text as "verifiedAt", i.is_primary as "isPrimary"`;
type Row = Identity & Record<string, unknown>;

/** Unverified, and shown to nobody else: an address is kept for whoever added it for a day, then anybody may add it. */
const UNVERIFIED_KEPT = '24 hours';

/** What customers are known by, in one statement: the primary one of a kind first, then the oldest. */
export async function findIdentities(db: Db | Tx, customerIds: readonly string[]): Promise<Identity[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Row>(sql`
    select ${columns} from customers.identities i where i.customer_id = any(${uuids(customerIds)})
    order by i.customer_id, i.kind, i.is_primary desc, i.created_at, i.identity_id`);
}

/** Addresses that a person has shown to be theirs, oldest first; old ids of merged profiles are taken. */
export async function findVerifiedEmails(db: Db | Tx, customerId: string): Promise<string[]> {
  const rows = await db.execute<{ value: string }>(sql`
    select i.value from customers.customers asked
    join customers.identities i on i.customer_id = coalesce(asked.merged_into, asked.customer_id)
    where asked.customer_id = ${customerId}::uuid and i.kind = 'EMAIL' and i.verified_at is not null order by i.created_at, i.value`);
  return rows.map(({ value }) => value);
}

/** Who is known by an identity, as evidence weighs it. */
export interface Evidence extends IdentityKey {
  readonly isVerified: boolean;
  /** Whether somebody signs in to the profile. */
  readonly hasPassword: boolean;
  readonly customer: Customer;
  /** The channels that the profile has ids of. */
  readonly sources: readonly string[];
}

/**
 * Who is known by each of several identities, with their profiles, in one statement and in no order. Telephone numbers that nobody
 * verified name nobody.
 */
export async function findEvidence(db: Db | Tx, keys: readonly IdentityKey[]): Promise<Evidence[]> {
  if (keys.length === 0) return [];
  const rows = await db.execute<Customer & Omit<Evidence, 'customer'> & Record<string, unknown>>(sql`
    select ${profileColumns}, i.kind, i.source, i.value, i.verified_at is not null as "isVerified",
      exists (select from customers.passwords w where w.customer_id = i.customer_id) as "hasPassword",
      array(select e.source from customers.identities e where e.customer_id = i.customer_id and e.kind = 'EXTERNAL') as sources
    from ${recordset(keys)}
    join customers.identities i on i.kind = k.kind and i.source = k.source and i.value = k.value
      and (i.kind <> 'PHONE' or i.verified_at is not null)
    join customers.customers c on c.customer_id = i.customer_id ${profileJoins}`);
  return rows.map(({ kind, source, value, isVerified, hasPassword, sources, ...customer }) => ({
    kind,
    source,
    value,
    isVerified,
    hasPassword,
    sources,
    customer,
  }));
}

/** An identity to write. */
export interface NewIdentity extends IdentityKey {
  readonly isVerified: boolean;
  readonly isPrimary: boolean;
}

/**
 * Writes an identity of a profile, whose row the caller has locked, in one statement.
 * @returns it; null when somebody is known by it already, this person included.
 */
export async function insertIdentity(tx: Tx, customerId: string, identity: NewIdentity): Promise<Identity | null> {
  const { kind, source, value, isVerified, isPrimary } = identity;
  const [row] = await tx.execute<Row>(sql`
    insert into customers.identities as i (identity_id, customer_id, kind, source, value, verified_at, is_primary, created_at)
    values (${newId()}::uuid, ${customerId}::uuid, ${kind}, ${source}, ${value},
      case when ${isVerified}::boolean then customers.app_now() end, ${isPrimary}::boolean, customers.app_now())
    on conflict do nothing returning ${columns}`);
  return row ?? null;
}

/** A new person's names. */
export interface NewPerson {
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
}

/**
 * Makes a profile with all of its identities, in one statement.
 * @throws with the constraint `identities_value` when somebody is known by one of them: nothing is made then.
 */
export async function insertPerson(
  tx: Tx,
  id: string,
  person: NewPerson,
  identities: readonly NewIdentity[],
): Promise<void> {
  const rows = identities.map((identity) => ({ ...identity, id: newId() }));
  await tx.execute(sql`
    insert into customers.customers (customer_id, given_name, family_name, locale, revision, created_at, updated_at)
    values (${id}::uuid, ${person.givenName}, ${person.familyName}, ${person.locale}, 1, customers.app_now(), customers.app_now())`);
  await tx.execute(sql`
    insert into customers.identities (identity_id, customer_id, kind, source, value, verified_at, is_primary, created_at)
    select n.id, ${id}::uuid, n.kind, n.source, n.value, case when n."isVerified" then customers.app_now() end, n."isPrimary", customers.app_now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n(id uuid, kind text, source text, value text, "isVerified" boolean, "isPrimary" boolean)`);
}

/** Whether an identity became verified or primary, which is written to a profile whose row the caller has locked. */
export interface IdentityChange {
  readonly verify?: boolean;
  readonly makePrimary?: boolean;
}

/**
 * Verifies an identity, or makes it the primary one of its kind in the place of another.
 * @throws with the constraint `identities_value` when somebody else's number was verified before.
 */
export async function changeIdentity(tx: Tx, identity: Identity, change: IdentityChange): Promise<Identity> {
  const { verify = false, makePrimary = false } = change;
  if (makePrimary)
    await tx.execute(sql`
      update customers.identities set is_primary = false
      where customer_id = ${identity.customerId}::uuid and kind = ${identity.kind} and is_primary and identity_id <> ${identity.id}::uuid`);
  const [row] = await tx.execute<Row>(sql`
    update customers.identities i set is_primary = i.is_primary or ${makePrimary}::boolean,
      verified_at = coalesce(i.verified_at, case when ${verify}::boolean then customers.app_now() end)
    where i.identity_id = ${identity.id}::uuid returning ${columns}`);
  return row!;
}

/** Takes an identity off a profile whose row the caller has locked. */
export async function deleteIdentity(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from customers.identities where identity_id = ${id}::uuid`);
}

/** Frees an address that somebody added a day ago or longer and never verified, so that its owner can have it. The primary ones stay. */
export async function freeStaleAddress(tx: Tx, value: string): Promise<void> {
  await tx.execute(sql`
    delete from customers.identities where kind = 'EMAIL' and value = ${value} and verified_at is null and not is_primary and not came_by_merge
      and created_at < customers.app_now() - ${UNVERIFIED_KEPT}::interval`);
}

/** Forgets addresses that were added a day ago or longer and never verified, a batch at a time. @returns how many. */
export async function purgeUnverified(db: Db, batch: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from customers.identities where identity_id in (
      select identity_id from customers.identities where kind = 'EMAIL' and verified_at is null and not is_primary and not came_by_merge
        and created_at < customers.app_now() - ${UNVERIFIED_KEPT}::interval
      order by created_at limit ${batch} for update skip locked
    ) returning identity_id`);
  return rows.length;
}

const recordset = (keys: readonly IdentityKey[]): SQL =>
  sql`jsonb_to_recordset(${JSON.stringify(keys.map(({ kind, source, value }) => ({ kind, source, value })))}::jsonb) as k(kind text, source text, value text)`;
