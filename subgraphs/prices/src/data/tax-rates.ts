import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { TaxRate } from '../domain/tax-rate.ts';

/**
 * Sets rates; those that are so already are not written. Countries are unique, and locked in their order.
 * @returns how many were written.
 */
export async function writeTaxRates(tx: Tx, rates: readonly TaxRate[]): Promise<number> {
  const input = rates.map(({ country, basisPoints }) => ({ country, basis_points: basisPoints }));
  const rows = await tx.execute(sql`
    insert into prices.tax_rates as t (country, basis_points)
    select country, basis_points from jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
      as i(country text, basis_points integer)
    order by country
    on conflict on constraint tax_rates_pkey do update set basis_points = excluded.basis_points
    where t.basis_points <> excluded.basis_points
    returning country`);
  return rows.length;
}
