import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Customer } from '../../domain/profile/customer.ts';
import { profileColumns, profileJoins } from '../profile/customers.ts';

/** A profile as it is found by one of its addresses. */
export type Account = Customer & {
  /** The hash of its password; null when nobody can sign in to it with one. */
  readonly passwordHash: string | null;
  /** The address that was asked for, which need not be the primary one. */
  readonly identityId: string;
  readonly identityVerified: boolean;
};

/** The profile of an address in lower case with the hash of its password, in one statement; null when nobody has the address. */
export async function findAccount(db: Db | Tx, email: string): Promise<Account | null> {
  const [row] = await db.execute<Account & Record<string, unknown>>(sql`
    select ${profileColumns}, w.hash as "passwordHash", i.identity_id as "identityId", i.verified_at is not null as "identityVerified"
    from customers.identities i join customers.customers c on c.customer_id = i.customer_id ${profileJoins}
    left join customers.passwords w on w.customer_id = c.customer_id
    where i.kind = 'EMAIL' and i.source = '' and i.value = ${email}`);
  return row ?? null;
}

/** The hash of a customer's password; null when there is none. */
export async function findPasswordHash(db: Db | Tx, customerId: string): Promise<string | null> {
  const [row] = await db.execute<{ hash: string }>(sql`
    select hash from customers.passwords where customer_id = ${customerId}::uuid`);
  return row?.hash ?? null;
}

/** Gives a profile its password, in the place of any other. The profile must be locked, so that no session begins behind it. */
export async function setPassword(tx: Tx, customerId: string, hash: string): Promise<void> {
  await tx.execute(sql`
    insert into customers.passwords (customer_id, hash, changed_at) values (${customerId}::uuid, ${hash}, customers.app_now())
    on conflict on constraint passwords_pkey do update set hash = excluded.hash, changed_at = excluded.changed_at`);
}

/** Changes a password unless it was changed meanwhile, in one conditional statement. The profile must be locked. @returns whether it did. */
export async function changePassword(
  tx: Tx,
  customerId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update customers.passwords set hash = ${to}, changed_at = customers.app_now()
    where customer_id = ${customerId}::uuid and hash = ${from} returning customer_id`);
  return rows.length > 0;
}

/** Takes a profile's password away: nobody can sign in to it with one. */
export async function deletePassword(tx: Tx, customerId: string): Promise<void> {
  await tx.execute(sql`delete from customers.passwords where customer_id = ${customerId}::uuid`);
}
