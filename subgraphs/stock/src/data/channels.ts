import type { Database } from '@kontor/kit/src/database.ts';

/** What stock keeps of a channel. */
export interface ChannelRow {
  readonly code: string;
  /** Grows with every change of the channel. */
  readonly revision: number;
  /** The locations whose stock it sells. */
  readonly locationIds: readonly string[];
}

/** Keeps the state of a channel unless one as new is kept already. @returns whether it was newer. */
export async function saveChannel(db: Database, channel: ChannelRow): Promise<boolean> {
  const rows = await db.sql`
    insert into stock.channel_locations as c (channel_code, revision, location_ids)
    values (${channel.code}, ${channel.revision}, ${[...channel.locationIds]}::uuid[])
    on conflict on constraint channel_locations_pkey do update set revision = excluded.revision, location_ids = excluded.location_ids
    where c.revision < excluded.revision
    returning 1`;
  return rows.length > 0;
}

/** All channels. */
export async function listChannels(db: Database): Promise<ChannelRow[]> {
  return db.sql<ChannelRow[]>`
    select channel_code as code, revision, location_ids as "locationIds" from stock.channel_locations`;
}
