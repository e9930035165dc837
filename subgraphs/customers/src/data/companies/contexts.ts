import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { CompanyStatus } from '../../domain/companies/company.ts';
import type { TaxExemption } from '../../domain/companies/company-location.ts';
import type { CompanyRole } from '../../domain/profile/customer.ts';
import { uuids } from '../profile/customers.ts';

/** What a customer buys by, as a member of a company. Everything of the location is null until the member has chosen one. */
export interface CompanyContext {
  readonly customerId: string;
  readonly companyId: string;
  readonly companyRole: CompanyRole;
  readonly companyStatus: CompanyStatus;
  readonly companyLocationId: string | null;
  readonly priceListCode: string | null;
  readonly currency: string | null;
  readonly defaultChannel: string | null;
  readonly termsDays: number | null;
  /** Null also when it has ended. */
  readonly taxExemption: TaxExemption | null;
}

/** The contexts of customers by the ids that were asked for, in no order; who buys for no company is left out. One statement. */
export async function findCompanyContexts(db: Db | Tx, customerIds: readonly string[]): Promise<CompanyContext[]> {
  if (customerIds.length === 0) return [];
  return db.execute<CompanyContext & Record<string, unknown>>(sql`
    select asked.customer_id as "customerId", m.company_id as "companyId", m.role as "companyRole", c.status as "companyStatus",
      m.company_location_id as "companyLocationId", l.price_list_code as "priceListCode", l.currency, l.default_channel as "defaultChannel",
      l.terms_days as "termsDays",
      case when l.tax_exemption_country is not null and coalesce(l.tax_exemption_valid_until > customers.app_now(), true)
        then jsonb_build_object('country', l.tax_exemption_country, 'number', l.tax_exemption_number, 'validUntil', l.tax_exemption_valid_until)
      end as "taxExemption"
    from customers.customers asked
    join customers.company_members m on m.customer_id = coalesce(asked.merged_into, asked.customer_id) and m.left_at is null
    join customers.companies c on c.company_id = m.company_id
    left join customers.company_locations l on l.company_location_id = m.company_location_id
    where asked.customer_id = any(${uuids(customerIds)})`);
}
