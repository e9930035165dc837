import { credentials, customers } from '@kontor/drizzle/customers/tables.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Credential, CredentialRole, Holder } from '../domain/credential.ts';

/** Who holds the secret of a hash; null when nobody does, it has expired or was revoked. One statement: it stands before every request of a client. */
export async function findHolder(db: Db | Tx, secretHash: string): Promise<Holder | null> {
  const [row] = await db
    .select({
      credentialId: credentials.credentialId,
      role: sql<CredentialRole>`${credentials.role}`,
      channel: credentials.channel,
      scopes: credentials.scopes,
      customerId: credentials.customerId,
      companyId: customers.companyId,
      locationId: credentials.locationId,
      expiresAt: sql<string | null>`${credentials.expiresAt}`,
    })
    .from(credentials)
    .leftJoin(customers, eq(customers.customerId, credentials.customerId))
    .where(
      and(
        eq(credentials.secretHash, secretHash),
        isNull(credentials.revokedAt),
        or(isNull(credentials.expiresAt), gt(credentials.expiresAt, sql`customers.app_now()`)),
      ),
    );
  return row ? { ...row, subject: row.customerId ?? row.credentialId } : null;
}

/**
 * Registers a credential under `id`, or changes what the one of that secret may do; a revoked one stays revoked.
 * @returns its id.
 * @throws with the constraint `credentials_customer` when the customer does not exist.
 */
export async function upsertCredential(db: Db | Tx, id: string, credential: Credential): Promise<string> {
  const { secretHash, scopes, ...rest } = credential;
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
