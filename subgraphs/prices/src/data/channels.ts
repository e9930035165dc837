import type { Db, Tx } from '@kontor/kit/src/database.ts';
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
