import type { Database } from '@kontor/kit/src/database.ts';
import type { Availability } from '../domain/availability.ts';

/** How long the log of changes is kept: whoever comes back later reads everything. */
const KEPT = '7 days';
const PURGE_BATCH = 5_000;

/** A position in the log of changes: what is behind it in this order comes after it. */
export interface LogPosition {
  /** PostgreSQL's number of a transaction, which does not fit into a number. */
  readonly transaction: string;
  /** The entry of the log. */
  readonly entry: string;
  /** Which item of the entry; 0 for none yet. */
  readonly item: number;
}

/** Changes of a part of the log. */
export interface ChangesPage<Change> {
  /** Distinct, in the order in which they changed first, each as it is now. */
  readonly variants: readonly Change[];
  readonly end: LogPosition;
  /** The position cannot be continued: read everything, and go on at `end`. */
  readonly resync: boolean;
  /** Whether there is more behind `end`. */
  readonly hasMore: boolean;
}

/** Which part of the log is read. */
export interface ChangesRequest {
  readonly since: LogPosition;
  /** So many variants at most. */
  readonly first: number;
  /**
   * Also what running transactions may still overtake. `end` is not beyond what is settled all the same, so that whoever goes on there
   * gets some changes again, and misses none.
   */
  readonly unsettled?: boolean;
}

/** A version that a variant has reached. */
export type VersionState = Pick<Availability, 'variantId' | 'version'>;

interface PageRow<Change> {
  readonly transaction: string;
  readonly entry: string;
  readonly item: number;
  readonly resync: boolean;
  readonly more: boolean;
  readonly variants: readonly Change[];
}

const toPage = <Change>({
  transaction,
  entry,
  item,
  resync,
  more,
  variants,
}: PageRow<Change>): ChangesPage<Change> => ({
  variants,
  end: { transaction: String(transaction), entry: String(entry), item },
  resync,
  hasMore: more,
});

/** The position behind everything that is settled: whoever reads all after he got it misses no change that comes behind it. */
export async function findLogEnd(db: Database): Promise<LogPosition> {
  const [row] = await db.sql<{ transaction: string }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as transaction`;
  if (!row) throw new Error('PostgreSQL always has a snapshot');
  return { transaction: row.transaction, entry: '0', item: 0 };
}

/**
 * What a channel can sell of what changed, with the bundles that it changes, in one statement and so at one moment. Only of what has a level
 * where the channel sells: of everything else it can sell none, before and after. So a page may have fewer variants than were looked at.
 */
export async function findAvailabilityChanges(
  db: Database,
  channel: string,
  { since, first, unsettled = false }: ChangesRequest,
): Promise<ChangesPage<Availability>> {
  const [row] = await db.sql<PageRow<Availability>[]>`
    select p.end_transaction::text as transaction, p.end_log as entry, p.end_item as item, p.resync, p.more, (
      select coalesce(jsonb_agg(jsonb_build_object('variantId', t.item, 'version', t.version, 'asOf', stock.app_now(),
        'sellableQuantity', t.sellable) order by t.turn), '[]')
      -- Put together by sorting: joined, thousands of variants would be compared with each other, for how many there are no plan can know.
      from (
        select u.item, min(u.turn) as turn, max(u.version) as version, max(u.sellable) as sellable from (
          select item, turn, null::bigint as version, null::int as sellable from unnest(p.variant_ids) with ordinality as g (item, turn)
          union all select v.item, null, v.version, null from stock.versions(p.variant_ids) v
          union all select o.item, null, null, o.sellable from stock.offers(p.variant_ids, ${channel}) o
        ) as u group by u.item having count(u.sellable) > 0
      ) as t
    ) as variants
    from stock.availability_changes(${since.transaction}::text::xid8, ${since.entry}::bigint, ${since.item}::int, ${first}::int, ${unsettled}) p`;
  if (!row) throw new Error('the function answers one row');
  return toPage(row);
}

/** Which variants and bundles changed, whoever sells them, with the versions that they have now and the revision of the configuration. */
export async function findChangedVersions(
  db: Database,
  { since, first, unsettled = false }: ChangesRequest,
): Promise<ChangesPage<VersionState> & { readonly revision: number }> {
  const [row] = await db.sql<(PageRow<VersionState> & { readonly revision: unknown })[]>`
    select (select revision from stock.configuration) as revision, p.end_transaction::text as transaction, p.end_log as entry, p.end_item as item, p.resync, p.more, (
      select coalesce(jsonb_agg(jsonb_build_object('variantId', v.item, 'version', v.version)), '[]') from stock.versions(p.variant_ids) v
    ) as variants
    from stock.availability_changes(${since.transaction}::text::xid8, ${since.entry}::bigint, ${since.item}::int, ${first}::int, ${unsettled}) p`;
  if (!row) throw new Error('the function answers one row');
  return { ...toPage(row), revision: Number(row.revision) };
}

/** Forgets what is older than seven days, in batches, so that no statement is long. @returns how many entries went. */
export async function purgeAvailabilityLog(db: Database): Promise<number> {
  for (let total = 0; ;) {
    const [row] = await db.sql<{ purged: number }[]>`
      select stock.purge_availability_log(stock.app_now() - ${KEPT}::interval, ${PURGE_BATCH}) as purged`;
    const purged = row?.purged ?? 0;
    total += purged;
    if (purged < PURGE_BATCH) return total;
  }
}
