import { customers } from '@kontor/drizzle/customers/tables.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Customer, Person, ProfileChange } from '../domain/customer.ts';

/** What a profile is read as. */
export const customerColumns = {
  id: customers.customerId,
  email: customers.email,
  givenName: customers.givenName,
  familyName: customers.familyName,
  phone: customers.phone,
  companyId: customers.companyId,
  revision: customers.revision,
  createdAt: sql<string>`${customers.createdAt}`,
};

const now = sql`customers.app_now()`;

/** Customers by id, in no order. */
export const findCustomers = (db: Db | Tx, ids: readonly string[]): Promise<Customer[]> =>
  db
    .select(customerColumns)
    .from(customers)
    .where(inArray(customers.customerId, [...ids]));

/** The customer of an address in lower case, or null. */
export async function findCustomerByEmail(db: Db | Tx, email: string): Promise<Customer | null> {
  const [customer] = await db.select(customerColumns).from(customers).where(eq(customers.email, email));
  return customer ?? null;
}

/**
 * Makes the profile of an address under `id`, or fills what the profile of that address lacks, in one statement.
 * @returns the profile as it is now; null when there was one that lacks nothing of this.
 * @throws with the constraint `customers_company` when the company does not exist.
 */
export async function upsertCustomer(tx: Tx, id: string, person: Person): Promise<Customer | null> {
  const filled = [
    [customers.givenName, sql`excluded.given_name`],
    [customers.familyName, sql`excluded.family_name`],
    [customers.phone, sql`excluded.phone`],
    [customers.companyId, sql`excluded.company_id`],
  ] as const;
  const [givenName, familyName, phone, companyId] = filled.map(([column, given]) => sql`coalesce(${column}, ${given})`);
  const [customer] = await tx
    .insert(customers)
    .values({ customerId: id, ...person, revision: 1, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: customers.email,
      set: { givenName, familyName, phone, companyId, revision: sql`${customers.revision} + 1`, updatedAt: now },
      setWhere: or(...filled.map(([column, given]) => sql`(${column} is null and ${given} is not null)`))!,
    })
    .returning(customerColumns);
  return customer ?? null;
}

/** Makes the profile of an address under `id`, in one statement. @returns null when the address has one already. */
export async function insertCustomer(tx: Tx, id: string, person: Person): Promise<Customer | null> {
  const [customer] = await tx
    .insert(customers)
    .values({ customerId: id, ...person, revision: 1, createdAt: now, updatedAt: now })
    .onConflictDoNothing({ target: customers.email })
    .returning(customerColumns);
  return customer ?? null;
}

/** Changes a profile in one statement. @returns the profile as it is now; null when nothing was to change, or there is none. */
export async function updateCustomer(tx: Tx, id: string, change: ProfileChange): Promise<Customer | null> {
  const differs = Object.entries(change).map(
    ([field, value]) => sql`${customers[field as keyof ProfileChange]} is distinct from ${value}`,
  );
  if (differs.length === 0) return null;
  const [customer] = await tx
    .update(customers)
    .set({ ...change, revision: sql`${customers.revision} + 1`, updatedAt: now })
    .where(and(eq(customers.customerId, id), or(...differs)))
    .returning(customerColumns);
  return customer ?? null;
}
