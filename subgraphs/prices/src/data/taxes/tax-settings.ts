import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { TaxRounding } from '../../domain/taxes/tax-provider.ts';

/** How a country rounds. */
export interface TaxSettings {
  readonly country: string;
  readonly rounding: TaxRounding;
  /** Grows with every change; 0 where nobody has said anything. */
  readonly version: number;
}

/** What somebody has said of countries, in their order; the others round by the line. There are no more than two letters can name. */
export async function findTaxSettings(db: Db | Tx): Promise<TaxSettings[]> {
  const rows = await db.execute<{ country: string; rounding: TaxRounding; version: number }>(
    sql`select country, rounding, version from prices.tax_settings order by country`,
  );
  return [...rows];
}

/** How a country rounds now. */
export async function findTaxSettingsOf(tx: Tx, country: string): Promise<TaxSettings> {
  const [row] = await tx.execute<{ rounding: TaxRounding; version: number }>(
    sql`select rounding, version from prices.tax_settings where country = ${country}`,
  );
  return { country, rounding: row?.rounding ?? 'LINE', version: row?.version ?? 0 };
}

/** Sets how a country rounds under the lock of taxes, and moves what was into the history. */
export async function writeTaxSettings(tx: Tx, { country, rounding, version }: TaxSettings): Promise<void> {
  await tx.execute(sql`
    with before as materialized (
      select t as was, greatest(prices.app_now(), t.since + interval '1 microsecond') as until
      from prices.tax_settings t where country = ${country}
    ), kept as (
      insert into prices.state_history (kind, key, state, held)
      select 'TAX', (was).country, to_jsonb(was), tstzrange((was).since, until) from before
    )
    insert into prices.tax_settings (country, rounding, version, since)
    values (${country}, ${rounding}, ${version}, coalesce((select until from before), prices.app_now()))
    on conflict on constraint tax_settings_pkey do update
      set rounding = excluded.rounding, version = excluded.version, since = excluded.since`);
}
