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

/** The profile of an address in lower case, and whether somebody signs in with it; null when there is none. */
export async function findProfile(
  db: Db | Tx,
  email: string,
): Promise<{ customer: Customer; signsIn: boolean } | null> {
  const [row] = await db
    .select({ ...customerColumns, passwordOf: passwords.customerId })
    .from(customers)
    .leftJoin(passwords, eq(passwords.customerId, customers.customerId))
    .where(eq(customers.email, email));
  if (!row) return null;
  const { passwordOf, ...customer } = row;
  return { customer, signsIn: passwordOf !== null };
}

/** Gives a new profile its password. */
export async function insertPassword(tx: Tx, customerId: string, hash: string): Promise<void> {
  await tx.insert(passwords).values({ customerId, hash, changedAt: sql`customers.app_now()` });
}
