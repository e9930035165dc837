import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Session } from '../domain/credential.ts';

/** Sessions of one customer that are kept; a new one ends the oldest. */
const SESSIONS = 20;
const LIFETIME = '12 hours';

/**
 * Begins a session, and clears away those of the customer that have ended or are too many, in one statement.
 * @param passwordHash the hash that was verified: the row is locked, so that no session begins behind a change of the password.
 * @returns when it ends, as PostgreSQL writes an instant; null when the password is not that any more.
 */
export async function insertSession(db: Db | Tx, session: Session, passwordHash: string): Promise<string | null> {
  const { credentialId, customerId, secretHash, channel } = session;
  const [row] = await db.execute<{ expiresAt: string }>(sql`
    with owner as materialized (
      select customer_id from customers.passwords
      where customer_id = ${customerId}::uuid and hash = ${passwordHash} for update
    ), sessions as (
      select credential_id, live, row_number() over (partition by live order by created_at desc) as place
      from owner join customers.credentials using (customer_id),
        lateral (select revoked_at is null and expires_at > customers.app_now() as live) as state
      where expires_at is not null
    ), cleared as (
      delete from customers.credentials c using sessions s
      where c.credential_id = s.credential_id and (not s.live or s.place >= ${SESSIONS})
    )
    insert into customers.credentials
      (credential_id, secret_hash, label, role, channel, scopes, customer_id, created_at, expires_at)
    select ${credentialId}::uuid, ${secretHash}, 'Session', 'customer', ${channel}, '{}', owner.customer_id,
      customers.app_now(), customers.app_now() + ${LIFETIME}::interval
    from owner
    returning expires_at::text as "expiresAt"`);
  return row?.expiresAt ?? null;
}

/** Ends a session for good; never a key. @returns whether it was valid until now. */
export async function endSession(db: Db | Tx, credentialId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    update customers.credentials set revoked_at = customers.app_now()
    where credential_id = ${credentialId}::uuid and revoked_at is null and expires_at > customers.app_now()
    returning credential_id`);
  return rows.length > 0;
}
