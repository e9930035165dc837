import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Promotion } from '../domain/promotions/promotion.ts';
import { promotionsJson, readPromotions, type PromotionRow } from './promotions/find-promotions.ts';

/** Active ones are a thousand; the others are those that ended since boundaries were told last. */
const MAX_TURNING = 10_000;

/** How far boundaries of windows were told, and whether more are due. */
export interface ClockState {
  readonly told: Date;
  readonly now: Date;
  /** Of the engine. */
  readonly revision: number;
  /** Whether a window of a list began or ended since. */
  readonly isListDue: boolean;
}

/** Moments between two others, the first exclusive. */
export interface Moments {
  readonly from: Date;
  readonly until: Date;
}

/** Reads the clock, in one statement that is asked twice a second. */
export async function findClock({ sql: query }: Database): Promise<ClockState> {
  const [row] = await query<{ told: string; now: string; revision: string; isListDue: boolean }[]>`
    select floor(extract(epoch from c.boundaries_told) * 1000) as told, floor(extract(epoch from prices.app_now()) * 1000) as now, e.revision,
      exists (
        select 1 from prices.price_lists l
        where l.activity is not null and (
          (lower(l.activity) > c.boundaries_told and lower(l.activity) <= prices.app_now()) or (upper(l.activity) > c.boundaries_told and upper(l.activity) <= prices.app_now())
          or (lower(l.validity) > c.boundaries_told and lower(l.validity) <= prices.app_now()) or (upper(l.validity) > c.boundaries_told and upper(l.validity) <= prices.app_now()))
      ) as "isListDue"
    from prices.engine_clock c, prices.engine_state e`;
  if (!row) throw new Error('the clock of prices is one row');
  return {
    told: new Date(Number(row.told)),
    now: new Date(Number(row.now)),
    revision: Number(row.revision),
    isListDue: row.isListDue,
  };
}

/** Takes the clock until the transaction ends. @returns whether it was free: another process tells of boundaries otherwise */
export async function lockClock(tx: Tx): Promise<boolean> {
  const rows = await tx.execute(sql`select 1 from prices.engine_clock for update skip locked`);
  return rows.length > 0;
}

/**
 * Moves the taken clock to now. Moments are cut to milliseconds, as the rules know them, so that each of them lies in the span of one call alone.
 * @returns what is to be told of
 */
export async function advanceClock(tx: Tx): Promise<Moments> {
  const [row] = await tx.execute<{ from: string; until: string }>(sql`
    with before as materialized (select boundaries_told from prices.engine_clock)
    update prices.engine_clock c set boundaries_told = greatest(b.boundaries_told, prices.app_now()) from before b
    returning floor(extract(epoch from b.boundaries_told) * 1000) as from, floor(extract(epoch from c.boundaries_told) * 1000) as until`);
  if (!row) throw new Error('the clock of prices is one row');
  return { from: new Date(Number(row.from)), until: new Date(Number(row.until)) };
}

/** Ids of lists of which a window began or ended in a span, those that others derive from first. */
export async function findTurnedLists(tx: Tx, { from, until }: Moments): Promise<string[]> {
  const within = (moment: ReturnType<typeof sql>) =>
    sql`(date_trunc('milliseconds', ${moment}) > ${from.toISOString()}::timestamptz and date_trunc('milliseconds', ${moment}) <= ${until.toISOString()}::timestamptz)`;
  const rows = await tx.execute<{ id: string }>(sql`
    select price_list_id as id from prices.price_lists
    where activity is not null and (${within(sql`lower(activity)`)} or ${within(sql`upper(activity)`)}
      or ${within(sql`lower(validity)`)} or ${within(sql`upper(validity)`)})
    order by cardinality(chain), price_list_id`);
  return rows.map(({ id }) => id);
}

/** Promotions that had not ended at a moment: all that can have turned since. */
export async function findTurningPromotions(db: Database['orm'] | Tx, since: Date): Promise<Promotion[]> {
  const moment = `timestamptz '${since.toISOString()}'`;
  const [row] = await db.execute<{ promotions: PromotionRow[] }>(
    sql`select ${sql.raw(promotionsJson(moment, MAX_TURNING))} as promotions`,
  );
  return readPromotions(row!.promotions);
}
