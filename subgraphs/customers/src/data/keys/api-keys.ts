import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ApiKey } from '../../domain/keys/api-key.ts';

const columns = sql`k.credential_id as id, k.label, upper(k.role) as role, k.scopes, k.channel, k.location_id as "locationId", k.prefix,
  k.last_four as "lastFour", k.created_by as "createdBy", k.created_at::text as "createdAt", k.last_used_at::text as "lastUsedAt",
  k.expires_at::text as "expiresAt", k.revoked_at::text as "revokedAt"`;

type Row = ApiKey & Record<string, unknown>;

/** Keys within what somebody is bound to: null is any. */
export interface KeyReach {
  readonly channel: string | null;
  readonly locationId: string | null;
}

const within = ({ channel, locationId }: KeyReach) => sql`k.role <> 'customer'
  and (${channel}::text is null or k.channel = ${channel}) and (${locationId}::uuid is null or k.location_id = ${locationId}::uuid)`;

/** Keys of staff and integrations, the newest first, those that have ended among them. */
export async function findApiKeys(
  db: Db | Tx,
  { after, limit, reach }: { readonly after: string | null; readonly limit: number; readonly reach: KeyReach },
): Promise<ApiKey[]> {
  return await db.execute<Row>(sql`
    select ${columns} from customers.credentials k
    where ${within(reach)} and (${after}::uuid is null or k.credential_id < ${after}::uuid)
    order by k.credential_id desc limit ${limit}`);
}

/** A key by id; null when there is none within reach. */
export async function findApiKey(db: Db | Tx, id: string, reach: KeyReach): Promise<ApiKey | null> {
  const [row] = await db.execute<Row>(
    sql`select ${columns} from customers.credentials k where k.credential_id = ${id}::uuid and ${within(reach)}`,
  );
  return row ?? null;
}

/** A key to make. */
export interface NewApiKey extends Pick<
  ApiKey,
  'id' | 'label' | 'role' | 'scopes' | 'channel' | 'locationId' | 'expiresAt'
> {
  readonly secretHash: string;
  readonly prefix: string;
  readonly lastFour: string;
  readonly createdBy: string;
  readonly idempotencyKey: string | null;
  readonly requestHash: string | null;
}

/** Makes a key, in one statement. @returns it; null when its maker has used the idempotency key before, or it would have ended already. */
export async function insertApiKey(db: Db | Tx, key: NewApiKey): Promise<ApiKey | null> {
  const [row] = await db.execute<Row>(sql`
    insert into customers.credentials as k (credential_id, secret_hash, label, role, channel, scopes, location_id, created_at, expires_at,
      prefix, last_four, created_by, idempotency_key, request_hash)
    select ${key.id}::uuid, ${key.secretHash}, ${key.label}, lower(${key.role}), ${key.channel}, ${sql.param([...key.scopes])}::text[], ${key.locationId}::uuid,
      customers.app_now(), ${key.expiresAt}::timestamptz, ${key.prefix}, ${key.lastFour}, ${key.createdBy}, ${key.idempotencyKey}, ${key.requestHash}
    where ${key.expiresAt}::timestamptz is null or ${key.expiresAt}::timestamptz > customers.app_now()
    on conflict (created_by, idempotency_key) where idempotency_key is not null do nothing
    returning ${columns}`);
  return row ?? null;
}

/** The key that its maker made under an idempotency key, with the hash of what was asked; null when there is none. */
export async function findApiKeyMade(
  db: Db | Tx,
  createdBy: string,
  idempotencyKey: string,
): Promise<(ApiKey & { readonly requestHash: string }) | null> {
  const [row] = await db.execute<Row & { requestHash: string }>(sql`
    select ${columns}, k.request_hash as "requestHash" from customers.credentials k
    where k.created_by = ${createdBy} and k.idempotency_key = ${idempotencyKey}`);
  return row ?? null;
}

/** A key within reach, locked until the transaction ends, and whether it works now; null when there is none. */
export async function lockApiKey(
  tx: Tx,
  id: string,
  reach: KeyReach,
): Promise<(ApiKey & { readonly isLive: boolean }) | null> {
  const [row] = await tx.execute<Row & { isLive: boolean }>(sql`
    select ${columns}, k.revoked_at is null and (k.expires_at is null or k.expires_at > customers.app_now()) as "isLive"
    from customers.credentials k where k.credential_id = ${id}::uuid and ${within(reach)} for update`);
  return row ?? null;
}

/**
 * Gives a key, which is locked, a new secret; the one before works on for `overlapS` seconds, as do those before it for theirs.
 * @returns the key, and when the secret before ends.
 */
export async function replaceSecret(
  tx: Tx,
  id: string,
  secret: Pick<NewApiKey, 'secretHash' | 'prefix' | 'lastFour'>,
  overlapS: number,
): Promise<{ readonly apiKey: ApiKey; readonly formerEndsAt: string }> {
  const [former] = await tx.execute<{ endsAt: string }>(sql`
    insert into customers.former_secrets (secret_hash, credential_id, ends_at)
    select secret_hash, credential_id, customers.app_now() + make_interval(secs => ${overlapS}) from customers.credentials where credential_id = ${id}::uuid
    returning ends_at::text as "endsAt"`);
  const [apiKey] = await tx.execute<Row>(sql`
    update customers.credentials k set secret_hash = ${secret.secretHash}, prefix = ${secret.prefix}, last_four = ${secret.lastFour}
    where k.credential_id = ${id}::uuid returning ${columns}`);
  return { apiKey: apiKey!, formerEndsAt: former!.endsAt };
}
