import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { SourceName } from '../../domain/feeds/source-name.ts';

/** A channel of a source. */
export interface FeedKey {
  readonly source: SourceName;
  readonly channelCode: string;
}

/** How far a channel of a source is read. */
export interface FeedPosition {
  /** Where to read on at the source; while everything is read anew, where to read on after that. */
  readonly cursor: string;
  /** The last of our own changes that was looked at. */
  readonly productChange: number;
  /** While everything is read anew: the last product that was. */
  readonly rebuiltThrough: string | null;
}

/** A position with the number of the step that wrote it; 0 for none yet. */
export interface FeedState {
  readonly channelCode: string;
  readonly step: number;
  readonly position: FeedPosition | null;
}

/** What a turn begins with. */
export interface FeedTurn {
  /** The time of the database: what is read from now on is at least as new. */
  readonly now: string;
  /** The number of the last change of products. */
  readonly lastChange: number;
  /** All channels, by code. */
  readonly states: readonly FeedState[];
}

interface TurnRow {
  readonly now: string;
  readonly last_number: string;
  readonly code: string | null;
  readonly cursor: string | null;
  readonly product_change: string | null;
  readonly rebuilt_through: string | null;
  readonly step: string | null;
}

/** How far every channel of a source is read, in one statement. */
export async function readFeedTurn({ sql: query }: Database, source: SourceName): Promise<FeedTurn> {
  const rows = await query<TurnRow[]>`
    select products.app_now()::text as now, k.last_number, c.code, s.cursor, s.product_change, s.rebuilt_through, s.step
    from products.change_clock k
    left join products.channels c on true
    left join products.search_sources s on s.source = ${source} and s.channel_code = c.code
    order by c.code`;
  const [first] = rows;
  if (!first) throw new Error('the clock of changes is one row');
  return {
    now: first.now,
    lastChange: Number(first.last_number),
    states: rows.flatMap((row) =>
      row.code === null ? [] : [{ channelCode: row.code, step: Number(row.step ?? 0), position: toPosition(row) }],
    ),
  };
}

const toPosition = ({ cursor, product_change, rebuilt_through }: TurnRow): FeedPosition | null =>
  cursor === null ? null : { cursor, productChange: Number(product_change), rebuiltThrough: rebuilt_through };

/**
 * Moves a channel of a source to a position, unless somebody else moved it since: then what was found out meanwhile may be old, and the
 * caller has to write nothing. The row stays locked until the transaction ends.
 * @returns the number of this step; null when somebody else was first.
 */
export async function moveFeed(
  tx: Tx,
  { source, channelCode }: FeedKey,
  step: number,
  { cursor, productChange, rebuiltThrough }: FeedPosition,
): Promise<number | null> {
  const rows =
    step === 0
      ? await tx.execute(sql`
          insert into products.search_sources (source, channel_code, cursor, product_change, rebuilt_through, step)
          values (${source}, ${channelCode}, ${cursor}, ${productChange}, ${rebuiltThrough}::uuid, 1)
          on conflict on constraint search_sources_pkey do nothing returning 1`)
      : await tx.execute(sql`
          update products.search_sources
          set cursor = ${cursor}, product_change = ${productChange}, rebuilt_through = ${rebuiltThrough}::uuid, step = step + 1
          where source = ${source} and channel_code = ${channelCode} and step = ${step} returning 1`);
  return rows.length > 0 ? step + 1 : null;
}

/** A channel that is read to the end of its source. */
export interface CaughtUp {
  readonly channelCode: string;
  readonly step: number;
  readonly cursor: string;
  readonly productChange: number;
}

/** Notes for channels that they know everything up to a time, where nobody else moved them since. */
export async function noteCaughtUp(
  { sql: query }: Database,
  source: SourceName,
  channels: readonly CaughtUp[],
  asOf: string,
): Promise<void> {
  if (channels.length === 0) return;
  await query`
    update products.search_sources s set cursor = n.cursor, product_change = n."productChange", step = s.step + 1, as_of = greatest(s.as_of, ${asOf}::timestamptz)
    from jsonb_to_recordset(${JSON.stringify(channels)}::jsonb) as n("channelCode" text, step bigint, cursor text, "productChange" bigint)
    where s.source = ${source} and s.channel_code = n."channelCode" and s.step = n.step`;
}
