import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** How long a change is kept: whoever comes back later reads everything. */
const KEPT = '7 days';
const VARIANTS_PER_ROW = 1_000;
const PURGE_BATCH = 1_000;

/** A position in the sequence of changes: the next row to read, and how many of its variants are read already. */
export interface ChangePosition {
  readonly number: number;
  readonly skip: number;
}

/** What changed behind a position. */
export interface PriceChangesPage {
  /** Each once, in the order in which they changed first. */
  readonly variantIds: readonly string[];
  readonly end: ChangePosition;
  /** It cannot be told which prices changed: read everything, and go on at `end`. */
  readonly resync: boolean;
  readonly hasMore: boolean;
}

/**
 * Notes that buyers may see other prices of these variants, or of any with `null`. Others who note something wait from here until the commit,
 * so it is the last thing that a command does. Readers never wait: up to 1,000 variants are one new row, and none is changed but the clock.
 * @param variantIds ids as PostgreSQL writes them.
 */
export async function recordPriceChanges(tx: Tx, variantIds: readonly string[] | null): Promise<void> {
  const rows: (string | null)[] = variantIds === null ? [null] : [];
  for (let from = 0; from < (variantIds?.length ?? 0); from += VARIANTS_PER_ROW)
    rows.push(`{${variantIds!.slice(from, from + VARIANTS_PER_ROW).join()}}`);
  if (rows.length === 0) return;
  await tx.execute(sql`
    with clock as (update prices.change_clock set last_number = last_number + ${rows.length} returning last_number)
    insert into prices.price_changes (change_number, variant_ids, changed_at)
    select clock.last_number - ${rows.length} + place, ids::uuid[], prices.app_now()
    from clock, jsonb_array_elements_text(${JSON.stringify(rows)}::jsonb) with ordinality as noted(ids, place)`);
}

interface PageRow {
  readonly last_number: string;
  readonly resync: boolean;
  readonly changes: { number: number; place: number; variantId: string }[];
}

/**
 * Variants whose prices changed behind a position, in one statement and so at one moment. A position that is not one of this sequence, or
 * whose changes are gone, cannot be continued.
 * @param since null for the present end, to be read on from after everything was read.
 */
export async function findPriceChanges(
  { sql: query }: Database,
  since: ChangePosition | null,
  first: number,
): Promise<PriceChangesPage> {
  const { number, skip } = since ?? { number: 0, skip: 0 };
  const [row] = await query<PageRow[]>`
    select k.last_number,
      ${since === null} or ${number}::bigint <= k.purged_number or ${number}::bigint > k.last_number + 1
        or exists (select 1 from prices.price_changes where change_number >= ${number}::bigint and variant_ids is null) as resync,
      (select coalesce(jsonb_agg(jsonb_build_object('number', page.change_number, 'place', page.place, 'variantId', page.variant_id)
          order by page.change_number, page.place), '[]')
        from (
          select c.change_number, u.place, u.variant_id
          from prices.price_changes c cross join lateral unnest(c.variant_ids) with ordinality as u(variant_id, place)
          where c.change_number >= ${number}::bigint and (c.change_number > ${number}::bigint or u.place > ${skip}::bigint)
          order by c.change_number, u.place limit ${first + 1}
        ) as page) as changes
    from prices.change_clock k`;
  if (!row) throw new Error('the clock of changes is one row');
  const behindAll = { number: Number(row.last_number) + 1, skip: 0 };
  if (row.resync) return { variantIds: [], end: behindAll, resync: true, hasMore: false };
  const read = row.changes.slice(0, first);
  const hasMore = row.changes.length > first;
  const last = read.at(-1);
  return {
    variantIds: [...new Set(read.map(({ variantId }) => variantId))],
    end: hasMore && last ? { number: last.number, skip: last.place } : behindAll,
    resync: false,
    hasMore,
  };
}

/** Forgets what is older than seven days, in batches, so that nobody waits long for the clock. */
export async function purgePriceChanges({ sql: query }: Database): Promise<void> {
  for (let count = PURGE_BATCH; count === PURGE_BATCH;) {
    const rows = await query`
      with gone as (
        delete from prices.price_changes where change_number in (
          select change_number from prices.price_changes where changed_at < prices.app_now() - ${KEPT}::interval
          order by change_number limit ${PURGE_BATCH})
        returning change_number
      ), noted as (
        update prices.change_clock set purged_number = greatest(purged_number, (select max(change_number) from gone))
        where exists (select 1 from gone)
      )
      select change_number from gone`;
    count = rows.length;
  }
}
