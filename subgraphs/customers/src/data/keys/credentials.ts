import { credentials } from '@kontor/drizzle/customers/tables.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Credential, FoundHolder } from '../../domain/keys/credential.ts';

/**
 * Who holds the secret of a hash; null when nobody does, it has expired or was revoked, and for people who were erased. A profile that was
 * merged away answers as its survivor. One statement: it stands before every request of a client whose edge does not remember it.
 */
export async function findHolder(db: Db | Tx, secretHash: string): Promise<FoundHolder | null> {
  const [row] = await db.execute<FoundHolder & Record<string, unknown>>(sql`
    with held as (
      select credential_id, null::timestamptz as ends_at from customers.credentials where secret_hash = ${secretHash}
      union all
      select credential_id, ends_at from customers.former_secrets where secret_hash = ${secretHash} and ends_at > customers.app_now()
    )
    select k.role, coalesce(c.customer_id, k.credential_id) as subject, k.channel, k.scopes, c.customer_id as "customerId",
      member.company_id as "companyId", member.role as "companyRole", member.company_location_id as "companyLocationId",
      array(select g.group_code from customers.group_members g where g.customer_id = c.customer_id order by g.group_code collate "C" limit 50) as groups,
      null as "staffId", null as "deviceId", k.location_id as "locationId", k.credential_id as "credentialId",
      least(k.expires_at, held.ends_at)::text as "expiresAt",
      k.last_used_at is null or k.last_used_at < customers.app_now() - interval '1 minute' as "isUseDue"
    from held join customers.credentials k using (credential_id)
    left join customers.customers named on named.customer_id = k.customer_id
    left join customers.customers c on c.customer_id = coalesce(named.merged_into, named.customer_id) and c.erased_at is null
    left join customers.company_members member on member.customer_id = c.customer_id and member.left_at is null
    where k.revoked_at is null and (k.expires_at is null or k.expires_at > customers.app_now())
      and (k.customer_id is null or c.customer_id is not null)`);
  return row ?? null;
}

/** Who holds the secret of a device; null when none does, or it was revoked. One statement. */
export async function findDeviceHolder(db: Db | Tx, secretHash: string): Promise<FoundHolder | null> {
  const [row] = await db.execute<FoundHolder & Record<string, unknown>>(sql`
    select 'device' as role, device_id as subject, channel, '{}'::text[] as scopes, null as "customerId", null as "companyId",
      null as "companyRole", null as "companyLocationId", '{}'::text[] as groups, null as "staffId", device_id as "deviceId",
      location_id as "locationId", device_id as "credentialId", null as "expiresAt",
      last_seen_at is null or last_seen_at < customers.app_now() - interval '1 minute' as "isUseDue"
    from customers.devices where secret_hash = ${secretHash} and revoked_at is null`);
  return row ?? null;
}

/**
 * Registers a credential under `id`, or changes what the one of that secret may do; a revoked one stays revoked, and a secret that was
 * rotated away stays away.
 * @returns its id.
 * @throws with the constraint `credentials_customer` when the customer does not exist.
 */
export async function upsertCredential(db: Db | Tx, id: string, credential: Credential): Promise<string> {
  const { secretHash, scopes, ...rest } = credential;
  const [former] = await db.execute<{ id: string }>(
    sql`select credential_id as id from customers.former_secrets where secret_hash = ${secretHash}`,
  );
  if (former) return former.id;
  const changing = { ...rest, scopes: [...scopes] };
  const [row] = await db
    .insert(credentials)
    .values({ credentialId: id, secretHash, ...changing, createdAt: sql`customers.app_now()` })
    .onConflictDoUpdate({ target: credentials.secretHash, set: changing })
    .returning({ id: credentials.credentialId });
  return row!.id;
}

/** Ends a credential for good. @returns whether it was valid until now. */
export async function revokeCredential(db: Db | Tx, id: string): Promise<boolean> {
  const rows = await db
    .update(credentials)
    .set({ revokedAt: sql`customers.app_now()` })
    .where(and(eq(credentials.credentialId, id), isNull(credentials.revokedAt)))
    .returning({ id: credentials.credentialId });
  return rows.length > 0;
}

/** The channel that a credential is bound to: null for any; undefined when there is no such credential. */
export async function findChannelOf(db: Db | Tx, credentialId: string): Promise<string | null | undefined> {
  const [row] = await db
    .select({ channel: credentials.channel })
    .from(credentials)
    .where(eq(credentials.credentialId, credentialId));
  return row?.channel;
}

/** What people know a credential by; null when there is no such credential. */
export async function findLabelOf(db: Db | Tx, credentialId: string): Promise<string | null> {
  const [row] = await db
    .select({ label: credentials.label })
    .from(credentials)
    .where(eq(credentials.credentialId, credentialId));
  return row?.label ?? null;
}
