import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { taxRateKey, type KeptTaxRate, type TaxRateChange } from '../../domain/taxes/decide-tax-rates.ts';
import type { TaxRate } from '../../domain/taxes/tax-provider.ts';

/** A row of `tax_rates`, also as `state_history` keeps it. */
export interface TaxRateRow {
  readonly country: string;
  readonly region: string;
  readonly tax_category: string;
  readonly basis_points: number;
  readonly version: number;
}

/** A row of the table, or of its history, as prices are worked out with it. */
export const toTaxRate = ({ country, region, tax_category, basis_points }: Omit<TaxRateRow, 'version'>): TaxRate => ({
  country,
  region,
  taxCategory: tax_category,
  basisPoints: basis_points,
});

const toKeptRate = (row: TaxRateRow): KeptTaxRate => ({ ...toTaxRate(row), version: row.version });

/**
 * Has all others that change taxes wait until the transaction ends; nobody who reads does. Each then takes its moment after the one before, so
 * that the spans of the history follow one another.
 */
export async function lockTaxes(tx: Tx): Promise<void> {
  await tx.execute(sql`lock table prices.tax_rates in share row exclusive mode`);
}

/** All rates of countries, in no order. */
export async function findRatesOf(tx: Tx, countries: readonly string[]): Promise<KeptTaxRate[]> {
  const rows = await tx.execute<TaxRateRow & Record<string, unknown>>(sql`
    select country, region, tax_category, basis_points, version from prices.tax_rates
    where country in (select jsonb_array_elements_text(${JSON.stringify(countries)}::jsonb))`);
  return rows.map(toKeptRate);
}

/** The rate behind which a page begins. */
export type TaxRatePlace = readonly [country: string, region: string, taxCategory: string];

/**
 * Rates in the order of country, region and category.
 * @param country null for all.
 */
export async function findRatesPage(
  db: Db,
  country: string | null,
  after: TaxRatePlace | null,
  limit: number,
): Promise<KeptTaxRate[]> {
  const [afterCountry, afterRegion, afterCategory] = after ?? ['', '', ''];
  const rows = await db.execute<TaxRateRow & Record<string, unknown>>(sql`
    select country, region, tax_category, basis_points, version from prices.tax_rates
    where (${country}::text is null or country = ${country})
      and (country, region, tax_category) > (${afterCountry}, ${afterRegion}, ${afterCategory})
    order by country, region, tax_category limit ${limit}`);
  return rows.map(toKeptRate);
}

/** Sets and removes rates under the lock of taxes, in one statement that moves what was into the history. Only what differs is given. */
export async function writeTaxRates(tx: Tx, changes: readonly TaxRateChange[]): Promise<void> {
  const input = changes.map((change) => ({
    key: taxRateKey(change),
    country: change.country,
    region: change.region,
    tax_category: change.taxCategory,
    basis_points: change.basisPoints,
  }));
  await tx.execute(sql`
    with wanted as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
        as i(key text, country text, region text, tax_category text, basis_points integer)
    ), before as materialized (
      select w.key, t as was, greatest(prices.app_now(), t.since + interval '1 microsecond') as until
      from wanted w join prices.tax_rates t using (country, region, tax_category)
    ), kept as (
      insert into prices.state_history (kind, key, state, held)
      select 'TAX', key, to_jsonb(was), tstzrange((was).since, until) from before
    ), removed as (
      delete from prices.tax_rates t using wanted w
      where w.basis_points is null and (t.country, t.region, t.tax_category) = (w.country, w.region, w.tax_category)
    )
    insert into prices.tax_rates (country, region, tax_category, basis_points, version, since)
    select w.country, w.region, w.tax_category, w.basis_points, coalesce((b.was).version, 0) + 1, coalesce(b.until, prices.app_now())
    from wanted w left join before b using (key)
    where w.basis_points is not null
    on conflict on constraint tax_rates_pkey do update
      set basis_points = excluded.basis_points, version = excluded.version, since = excluded.since`);
}
