import type { Database } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { newestOf } from '../../domain/feeds/product-labels.ts';

/** What prices keeps of a place that a company buys for. */
export interface LocationState {
  readonly companyLocationId: string;
  readonly companyId: string;
  readonly revision: number;
  readonly priceListCode?: string | null | undefined;
  readonly taxExemption?:
    { readonly country: string; readonly validUntil?: string | null | undefined } | null | undefined;
}

/** Keeps what is newer of the places that companies buy for: their price list, and where they pay no tax. */
export async function keepLocations({ orm }: Database, states: readonly LocationState[]): Promise<void> {
  const input = newestOf(states, ({ companyLocationId }) => companyLocationId).map((state) => ({
    id: state.companyLocationId,
    company: state.companyId,
    revision: state.revision,
    list: state.priceListCode ?? null,
    country: state.taxExemption?.country ?? null,
    until: state.taxExemption?.validUntil ?? null,
  }));
  if (input.length === 0) return;
  await orm.execute(sql`
    insert into prices.company_locations as l (company_location_id, company_id, revision, price_list_code, exempt_country, exempt_until)
    select id, company, revision, list, country, until
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
      as i(id uuid, company uuid, revision bigint, list text, country text, until timestamptz)
    order by id
    on conflict on constraint company_locations_pkey do update
      set company_id = excluded.company_id, revision = excluded.revision, price_list_code = excluded.price_list_code,
        exempt_country = excluded.exempt_country, exempt_until = excluded.exempt_until
    where l.revision < excluded.revision`);
}
