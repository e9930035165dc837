import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Whose an address is; null when nobody has it any more. */
export async function findAddressOwner(tx: Db | Tx, identityId: string): Promise<string | null> {
  const [row] = await tx.execute<{ customerId: string }>(sql`
    select customer_id as "customerId" from customers.identities where identity_id = ${identityId}::uuid and kind = 'EMAIL'`);
  return row?.customerId ?? null;
}

/**
 * Whether the reader of an address may have the profile `c` of the identity `i`: it is verified, or the only thing that the person has
 * ever signed in with. One that was added and never verified may be a mistake, and belong to a stranger.
 */
const opens = sql`(i.verified_at is not null or (i.is_primary and not exists (
  select from customers.identities other where other.customer_id = i.customer_id and other.kind = 'EMAIL' and other.verified_at is not null)))`;

/** How an address belongs to a profile. */
export interface AddressState {
  /** Whether its reader may have the profile. */
  readonly opens: boolean;
}

/** Reads an address of a profile; null when it has it no longer. */
export async function findAddress(
  tx: Tx,
  { identityId, customerId }: { readonly identityId: string; readonly customerId: string },
): Promise<AddressState | null> {
  const [row] = await tx.execute<{ opens: boolean }>(sql`
    select ${opens} as opens from customers.identities i
    where i.identity_id = ${identityId}::uuid and i.customer_id = ${customerId}::uuid and i.kind = 'EMAIL'`);
  return row ?? null;
}

/** Whether an address in lower case opens a profile. */
export async function isOpeningAddress(db: Db, email: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select from customers.identities i where i.kind = 'EMAIL' and i.source = '' and i.value = ${email} and ${opens}`);
  return rows.length > 0;
}

/** Makes the oldest verified address of a profile its primary one, if it has none. @returns whether it has a primary address then. */
export async function promoteVerifiedAddress(tx: Tx, customerId: string): Promise<boolean> {
  const addresses = sql`customers.identities where customer_id = ${customerId}::uuid and kind = 'EMAIL'`;
  await tx.execute(sql`
    update customers.identities set is_primary = true
    where not exists (select from ${addresses} and is_primary)
      and identity_id = (select identity_id from ${addresses} and verified_at is not null order by created_at, identity_id limit 1)`);
  return (await tx.execute(sql`select from ${addresses} and is_primary`)).length > 0;
}

/** Notes that somebody has shown that an address is theirs. @returns whether that was new. */
export async function verifyAddress(tx: Tx, identityId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update customers.identities set verified_at = customers.app_now()
    where identity_id = ${identityId}::uuid and verified_at is null returning identity_id`);
  return rows.length > 0;
}

/** Takes an address away from a profile. */
export async function deleteAddress(tx: Tx, identityId: string): Promise<void> {
  await tx.execute(sql`delete from customers.identities where identity_id = ${identityId}::uuid`);
}

/** Whether others sign a profile in: somebody did so who showed no password. */
export async function hasExternalIdentity(tx: Tx, customerId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select from customers.identities where customer_id = ${customerId}::uuid and kind = 'EXTERNAL' limit 1`);
  return rows.length > 0;
}

/** Forgets who else signs a profile in. */
export async function deleteExternalIdentities(tx: Tx, customerId: string): Promise<void> {
  await tx.execute(sql`delete from customers.identities where customer_id = ${customerId}::uuid and kind = 'EXTERNAL'`);
}
