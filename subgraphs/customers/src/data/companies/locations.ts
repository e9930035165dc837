import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { CompanyLocation, LocationValues } from '../../domain/companies/company-location.ts';
import { uuids } from '../profile/customers.ts';

const locationColumns = sql`l.company_location_id as id, l.company_id as "companyId", l.name, l.external_reference as "externalReference",
  jsonb_build_object('recipient', l.recipient, 'street', l.street, 'street2', l.street2, 'city', l.city, 'province', l.province,
    'postalCode', l.postal_code, 'country', l.country) as address,
  l.price_list_code as "priceListCode", l.currency, l.terms_days as "termsDays", l.default_channel as "defaultChannel", l.version,
  case when l.tax_exemption_country is not null then jsonb_build_object('country', l.tax_exemption_country,
    'number', l.tax_exemption_number, 'validUntil', l.tax_exemption_valid_until) end as "taxExemption"`;

type Row = CompanyLocation & Record<string, unknown>;

/** Locations by id, in no order. */
export async function findLocations(db: Db | Tx, ids: readonly string[]): Promise<CompanyLocation[]> {
  if (ids.length === 0) return [];
  return db.execute<Row>(sql`
    select ${locationColumns} from customers.company_locations l where l.company_location_id = any(${uuids(ids)})`);
}

/** The locations of a company in order of id, behind one. */
export const listLocations = (
  db: Db | Tx,
  companyId: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<CompanyLocation[]> =>
  db.execute<Row>(sql`
    select ${locationColumns} from customers.company_locations l
    where l.company_id = ${companyId}::uuid and (${after}::uuid is null or l.company_location_id > ${after}::uuid)
    order by l.company_location_id limit ${limit}`);

/** Locks a location until the transaction ends. @returns null when there is none. */
export async function lockLocation(tx: Tx, id: string): Promise<CompanyLocation | null> {
  const [row] = await tx.execute<Row>(sql`
    select ${locationColumns} from customers.company_locations l where l.company_location_id = ${id}::uuid for no key update`);
  return row ?? null;
}

/** Whether a location belongs to a company. */
export async function isLocationOf(db: Db | Tx, companyId: string, companyLocationId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from customers.company_locations where company_id = ${companyId}::uuid and company_location_id = ${companyLocationId}::uuid`);
  return rows.length > 0;
}

/** Makes a location. @throws with the constraints `company_locations_name` and `company_locations_company`. */
export async function insertLocation(
  tx: Tx,
  key: Pick<CompanyLocation, 'id' | 'companyId'>,
  values: LocationValues,
): Promise<CompanyLocation> {
  const { address, taxExemption } = values;
  await tx.execute(sql`
    insert into customers.company_locations (company_location_id, company_id, name, external_reference, recipient, street, street2, city,
      province, postal_code, country, price_list_code, currency, tax_exemption_country, tax_exemption_number, tax_exemption_valid_until,
      terms_days, default_channel, version, created_at)
    values (${key.id}::uuid, ${key.companyId}::uuid, ${values.name}, ${values.externalReference}, ${address.recipient}, ${address.street},
      ${address.street2}, ${address.city}, ${address.province}, ${address.postalCode}, ${address.country}, ${values.priceListCode},
      ${values.currency}, ${taxExemption?.country ?? null}, ${taxExemption?.number ?? null}, ${taxExemption?.validUntil ?? null}::timestamptz,
      ${values.termsDays}, ${values.defaultChannel}, 1, customers.app_now())`);
  return { ...key, ...values, version: 1 };
}

/** Changes a location that is locked. @throws with the constraint `company_locations_name`. */
export async function updateLocation(
  tx: Tx,
  before: CompanyLocation,
  values: LocationValues,
): Promise<CompanyLocation> {
  const { address, taxExemption } = values;
  const [row] = await tx.execute<{ version: number }>(sql`
    update customers.company_locations set name = ${values.name}, external_reference = ${values.externalReference},
      recipient = ${address.recipient}, street = ${address.street}, street2 = ${address.street2}, city = ${address.city},
      province = ${address.province}, postal_code = ${address.postalCode}, country = ${address.country},
      price_list_code = ${values.priceListCode}, currency = ${values.currency}, tax_exemption_country = ${taxExemption?.country ?? null},
      tax_exemption_number = ${taxExemption?.number ?? null}, tax_exemption_valid_until = ${taxExemption?.validUntil ?? null}::timestamptz,
      terms_days = ${values.termsDays}, default_channel = ${values.defaultChannel}, version = version + 1
    where company_location_id = ${before.id}::uuid returning version`);
  return { ...before, ...values, version: row!.version };
}
