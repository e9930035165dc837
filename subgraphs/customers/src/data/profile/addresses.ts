import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';
import type { Address, AddressKind, AddressParts } from '../../domain/profile/address.ts';
import { uuids } from './customers.ts';

const columns = sql`address_id as id, customer_id as "customerId", label, name, company, street, street2, city, province,
  postal_code as "postalCode", country, phone, is_default_shipping as "isDefaultShipping", is_default_billing as "isDefaultBilling", version`;
type Row = Address & Record<string, unknown>;

const flagOf = (kind: AddressKind) => (kind === 'SHIPPING' ? sql`is_default_shipping` : sql`is_default_billing`);

/** Addresses of customers, oldest first, in one statement. */
export async function findAddresses(db: Db | Tx, customerIds: readonly string[]): Promise<Address[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Row>(sql`
    select ${columns} from customers.addresses where customer_id = any(${uuids(customerIds)}) order by customer_id, created_at, address_id`);
}

/** Writes a new address, which is no default yet, of a profile whose row the caller has locked. */
export async function insertAddress(tx: Tx, customerId: string, parts: AddressParts): Promise<Address> {
  const [row] = await tx.execute<Row>(sql`
    insert into customers.addresses (address_id, customer_id, label, name, company, street, street2, city, province, postal_code, country,
      phone, version, created_at, updated_at)
    values (${newId()}::uuid, ${customerId}::uuid, ${parts.label}, ${parts.name}, ${parts.company}, ${parts.street}, ${parts.street2},
      ${parts.city}, ${parts.province}, ${parts.postalCode}, ${parts.country}, ${parts.phone}, 1, customers.app_now(), customers.app_now())
    returning ${columns}`);
  return row!;
}

/** Replaces the parts of an address, in its next version. */
export async function replaceAddress(tx: Tx, id: string, parts: AddressParts): Promise<Address> {
  const [row] = await tx.execute<Row>(sql`
    update customers.addresses set label = ${parts.label}, name = ${parts.name}, company = ${parts.company}, street = ${parts.street},
      street2 = ${parts.street2}, city = ${parts.city}, province = ${parts.province}, postal_code = ${parts.postalCode},
      country = ${parts.country}, phone = ${parts.phone}, version = version + 1, updated_at = customers.app_now()
    where address_id = ${id}::uuid returning ${columns}`);
  return row!;
}

export async function deleteAddress(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from customers.addresses where address_id = ${id}::uuid`);
}

/** Makes an address the default of a kind in the place of another, of a profile whose row the caller has locked. */
export async function writeDefault(tx: Tx, address: Address, kind: AddressKind): Promise<Address> {
  const flag = flagOf(kind);
  // Two statements: an index that allows one default looks at each row as it is written.
  await tx.execute(sql`
    update customers.addresses set ${flag} = false, version = version + 1, updated_at = customers.app_now()
    where customer_id = ${address.customerId}::uuid and ${flag} and address_id <> ${address.id}::uuid`);
  const [row] = await tx.execute<Row>(sql`
    update customers.addresses set ${flag} = true, version = version + 1, updated_at = customers.app_now()
    where address_id = ${address.id}::uuid and not ${flag} returning ${columns}`);
  return row ?? address;
}
