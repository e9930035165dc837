import { customers, passwords } from '@kontor/drizzle/customers/tables.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { eq, sql } from 'drizzle-orm';
import type { Customer } from '../domain/customer.ts';
import { customerColumns } from './customers.ts';

/** The profile of an address in lower case with the hash of its password; null when nobody can sign in with the address. */
export async function findAccount(db: Db | Tx, email: string): Promise<(Customer & { passwordHash: string }) | null> {
  const [row] = await db
    .select({ ...customerColumns, passwordHash: passwords.hash })
    .from(customers)
    .innerJoin(passwords, eq(passwords.customerId, customers.customerId))
    .where(eq(customers.email, email));
  return row ?? null;
}

/** Gives a new profile its password. */
export async function insertPassword(tx: Tx, customerId: string, hash: string): Promise<void> {
  await tx.insert(passwords).values({ customerId, hash, changedAt: sql`customers.app_now()` });
}
