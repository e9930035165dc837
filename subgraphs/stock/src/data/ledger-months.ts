import { Readable } from 'node:stream';
import type { Database } from '@kontor/kit/src/database.ts';
import type { StockState } from './movements.ts';

type Sql = Database['sql'];

/** A month that is over: `2026-01-01` is January 2026, in UTC. */
export interface LedgerMonth {
  readonly month: string;
  readonly state: 'closed' | 'archived';
  readonly entryCount: number;
  /** The archive's file name and the SHA-256 of its bytes, in hex; null before. */
  readonly archive: string | null;
  readonly checksum: string | null;
}

/** How many units came into each state less those that left it. */
export type StateSums = Readonly<Record<StockState, number>>;

/** What can be compared between a partition and an archive. */
export interface LedgerSums {
  readonly entryCount: number;
  readonly sums: StateSums;
}

/** Makes the partitions of the current month and of the next ones. */
export async function prepareLedger(db: Database, monthsAhead: number): Promise<void> {
  await db.sql`select stock.prepare_ledger(stock.app_now(), ${monthsAhead}::int)`;
}

/** Whether a month is over and not closed. */
export async function hasMonthToClose(db: Database): Promise<boolean> {
  const [row] = await db.sql<{ due: boolean }[]>`select stock.month_to_close() is not null as due`;
  return row?.due ?? false;
}

/** Closes the oldest month that is over. @returns it, or null when there is none or another process is at it. */
export async function closeMonth(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ month: string | null }[]>`select stock.close_month()::text as month`;
  return row?.month ?? null;
}

/** The months that are over, the oldest first. */
export async function listMonths(sql: Sql): Promise<LedgerMonth[]> {
  const rows = await sql<(LedgerMonth & { entryCount: unknown })[]>`
    select month::text, state, entry_count as "entryCount", archive, checksum from stock.ledger_months order by month`;
  return rows.map((row) => ({ ...row, entryCount: Number(row.entryCount) }));
}

/** The name of a month's partition, which is the name of its archive too. */
export const partitionOf = (month: string): string => `movements_${month.slice(0, 4)}_${month.slice(5, 7)}`;

/** Counts and sums the entries of a month whose partition is there. */
export async function sumMonth(sql: Sql, month: string): Promise<LedgerSums> {
  const [row] = await sql<({ count: string } & Record<StockState, string>)[]>`
    select count(*) as count, ${sumOf(sql, 'AVAILABLE')}, ${sumOf(sql, 'RESERVED')}, ${sumOf(sql, 'COMMITTED')}, ${sumOf(sql, 'SAFETY')},
      ${sumOf(sql, 'DAMAGED')}, ${sumOf(sql, 'INSPECTION')}, ${sumOf(sql, 'INCOMING')} from ${sql(`stock.${partitionOf(month)}`)}`;
  if (!row) throw new Error('sums always are');
  const { count, ...sums } = row;
  const entries = Object.entries(sums).map(([state, sum]) => [state, Number(sum)]);
  return { entryCount: Number(count), sums: Object.fromEntries(entries) as StateSums };
}

const sumOf = (sql: Sql, state: StockState) => sql`
  coalesce(sum(case when to_state = ${state} then quantity when from_state = ${state} then -quantity else 0 end), 0) as ${sql(state)}`;

/**
 * How many levels' openings of a month are not what the openings before it and its entries come to. Archives rely on openings: they
 * are compared once more before the entries go.
 */
export async function countWrongOpenings(sql: Sql, month: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with moved as (
      select variant_id, location_id, max(version) as version, ${sumOf(sql, 'AVAILABLE')}, ${sumOf(sql, 'RESERVED')}, ${sumOf(sql, 'COMMITTED')},
        ${sumOf(sql, 'SAFETY')}, ${sumOf(sql, 'DAMAGED')}, ${sumOf(sql, 'INSPECTION')}, ${sumOf(sql, 'INCOMING')}
      from ${sql(`stock.${partitionOf(month)}`)} group by variant_id, location_id
    ), opened as (select * from stock.ledger_openings where month = ${month}::date)
    select count(*)::int as count from moved m full join opened o using (variant_id, location_id)
    left join lateral (
      select * from stock.ledger_openings q where q.variant_id = o.variant_id and q.location_id = o.location_id and q.month < o.month order by q.month desc limit 1
    ) as b on true
    where (m.version, m."AVAILABLE" + coalesce(b.available, 0), m."RESERVED" + coalesce(b.reserved, 0), m."COMMITTED" + coalesce(b.committed, 0),
      m."SAFETY" + coalesce(b.safety, 0), m."DAMAGED" + coalesce(b.damaged, 0), m."INSPECTION" + coalesce(b.inspection, 0), m."INCOMING" + coalesce(b.incoming, 0))
      is distinct from (o.version, o.available, o.reserved, o.committed, o.safety, o.damaged, o.inspection, o.incoming)`;
  return row?.count ?? 0;
}

const ENTRIES_AT_A_TIME = 2_000;

/**
 * The entries of a month in order of variant, version and entry, each a line of JSON with the columns as keys (`jsonb_populate_record` takes
 * it back). Waits for whoever reads. The columns are named: attached later, a partition may have them in another order.
 */
export function readMonth(sql: Sql, month: string): Readable {
  // A cursor, and not COPY: the driver's stream of a COPY pauses the connection when its reader is slower, and may leave it so for ever.
  const batches = sql<{ line: string }[]>`
    select row_to_json(m)::text as line from (
      select variant_id, version, entry, location_id, kind, quantity, from_state, to_state, reservation_id, reference, reason, actor, booked_at
      from ${sql(`stock.${partitionOf(month)}`)} order by variant_id, version, entry
    ) as m`.cursor(ENTRIES_AT_A_TIME);
  return Readable.from(linesOf(batches));
}

async function* linesOf(batches: AsyncIterable<readonly { readonly line: string }[]>): AsyncGenerator<Buffer> {
  for await (const rows of batches) yield Buffer.from(rows.map(({ line }) => `${line}\n`).join(''));
}

/** Gives up a closed month that is archived, the oldest one there is. @returns false when somebody else did. */
export async function dropMonth(
  sql: Sql,
  month: string,
  archive: { readonly file: string; readonly checksum: string },
): Promise<boolean> {
  const [row] = await sql<{ dropped: boolean }[]>`
    select stock.drop_month(${month}::date, ${archive.file}, ${archive.checksum}) as dropped`;
  return row?.dropped ?? false;
}

const ARCHIVE_LOCK = [7_105, 2] as const;

/**
 * Does something with a connection of its own without limits of time, which archiving needs.
 * @param options.lock whether nobody else may archive meanwhile. @returns null when somebody does.
 */
export async function withoutLimits<T>(
  db: Database,
  options: { readonly lock: boolean },
  work: (sql: Sql) => Promise<T>,
): Promise<T | null> {
  const sql = db.single();
  try {
    await sql`select set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false), set_config('TimeZone', 'UTC', false)`;
    if (options.lock) {
      const [row] = await sql<{ mine: boolean }[]>`
        select pg_try_advisory_lock(${ARCHIVE_LOCK[0]}::int, ${ARCHIVE_LOCK[1]}::int) as mine`;
      if (!row?.mine) return null;
    }
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
