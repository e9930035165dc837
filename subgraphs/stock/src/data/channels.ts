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
  const [row] = await db.sql<{ saved: boolean }[]>`
    select stock.save_channel(${channel.code}, ${channel.revision}, ${[...channel.locationIds]}::uuid[]) as saved`;
  db.committed();
  return row?.saved ?? false;
}
