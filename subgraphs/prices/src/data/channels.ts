import type { Database, Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ChannelProjection } from '../domain/channel-projection.ts';

/** Keeps the channels whose revision is newer than what is here. Codes are unique, and locked in their order. */
export async function saveChannels(db: Db | Tx, channels: readonly ChannelProjection[]): Promise<void> {
  await db.execute(sql`
    insert into prices.channels as c (code, revision, currencies, countries)
    select code, revision,
      array(select jsonb_array_elements_text(currencies)), array(select jsonb_array_elements_text(countries))
    from jsonb_to_recordset(${JSON.stringify(channels)}::jsonb)
      as i(code text, revision bigint, currencies jsonb, countries jsonb)
    order by code
    on conflict on constraint channels_pkey do update
      set revision = excluded.revision, currencies = excluded.currencies, countries = excluded.countries
    where c.revision < excluded.revision`);
}

/** Those of the channels that are kept, locked in the order of their codes until the transaction ends. */
export async function lockChannels(tx: Tx, codes: readonly string[]): Promise<ChannelProjection[]> {
  const rows = await tx.execute<{ code: string; revision: string; currencies: string[]; countries: string[] }>(sql`
    select code, revision, currencies, countries from prices.channels
    where code in (select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb)) order by code for update`);
  return rows.map((row) => ({ ...row, revision: Number(row.revision) }));
}

/** The currencies of a channel, the default first; null when it is not known here. */
export async function findCurrencies({ sql: query }: Database, code: string): Promise<string[] | null> {
  const [row] = await query<{ currencies: string[] }[]>`select currencies from prices.channels where code = ${code}`;
  return row?.currencies ?? null;
}
