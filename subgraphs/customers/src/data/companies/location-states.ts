import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** What others keep of a location; `CompanyLocationState` of internal.graphql. */
export interface LocationState {
  readonly companyLocationId: string;
  readonly companyId: string;
  readonly revision: number;
  readonly priceListCode: string | null;
  readonly taxExemption: {
    readonly country: string;
    /** As PostgreSQL writes an instant; null when it does not end. */
    readonly validUntil: string | null;
  } | null;
}

/** States of locations in order of id, behind one; of one company where one is named. */
export const listLocationStates = (
  db: Db | Tx,
  {
    companyId,
    after,
    limit,
  }: { readonly companyId: string | null; readonly after: string | null; readonly limit: number },
): Promise<LocationState[]> =>
  db.execute<LocationState & Record<string, unknown>>(sql`
    select l.company_location_id as "companyLocationId", l.company_id as "companyId", l.version as revision, l.price_list_code as "priceListCode",
      case when l.tax_exemption_country is not null
        then jsonb_build_object('country', l.tax_exemption_country, 'validUntil', l.tax_exemption_valid_until) end as "taxExemption"
    from customers.company_locations l
    where ${companyId === null ? sql`true` : sql`l.company_id = ${companyId}::uuid`}
      and ${after === null ? sql`true` : sql`l.company_location_id > ${after}::uuid`}
    order by l.company_location_id limit ${limit}`);
