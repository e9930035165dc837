import type { Database } from '@kontor/kit/src/database.ts';
import type { PolicyRules } from '../domain/allocation-policy.ts';
import type { LedgerEntry } from '../domain/allocation-replay.ts';

/** A transaction's connection. */
type TransactionSql = Parameters<Parameters<Database['sql']['begin']>[1]>[0];

/** What is tried: rules and their scope. */
export interface TrialScope {
  readonly channels: readonly string[];
  /** Null: all variants that no policy governs by name. */
  readonly scopeVariantIds: readonly string[] | null;
  readonly scopeLocationIds: readonly string[] | null;
  /** Only these; null for those of the scope with most demand. */
  readonly variantIds: readonly string[] | null;
  readonly days: number;
}

/** An active policy with what it governs. */
export interface GoverningPolicy {
  readonly policyId: string;
  readonly rules: PolicyRules;
  readonly pool: readonly string[];
}

/** A level as it is now. */
interface LevelNow {
  readonly variantId: string;
  readonly locationId: string;
  readonly available: number;
}

/** The history that a trial replays, of one moment. */
export interface TrialHistory {
  readonly since: string;
  readonly variantIds: readonly string[];
  readonly levels: readonly LevelNow[];
  /** In order of variant, version and entry. */
  readonly entries: readonly (LedgerEntry & { readonly variantId: string })[];
  /** The locations that each channel sells from, in order of id. */
  readonly places: readonly { readonly channel: string; readonly locationIds: readonly string[] }[];
  readonly safetyStocks: readonly {
    readonly channel: string;
    readonly locationId: string;
    readonly quantity: number;
  }[];
  /** The locations that the rules tried would govern. */
  readonly pool: readonly string[];
  /** The policies that govern the variants now, and which of them each variant; those without one are missing. */
  readonly policies: readonly GoverningPolicy[];
  readonly policyOf: readonly { readonly variantId: string; readonly policyId: string }[];
}

/** Why there is nothing to replay. */
export type HistoryFault = 'archived' | 'tooMuch';

const MAX_VARIANTS = 100;
const MAX_ENTRIES = 200_000;
/** Entries that are looked at to find the variants with most demand. */
const MAX_SCANNED = 1_000_000;

/** Reads what a trial needs in one read-only transaction, at one moment; or why it can not be replayed: months that were archived, or more than 200,000 entries. */
export async function readTrialHistory(db: Database, scope: TrialScope): Promise<TrialHistory | HistoryFault> {
  const history = await db.sql.begin('isolation level repeatable read read only', async (sql) => {
    const since = await beginningOf(sql, scope.days);
    if (since.archived) return 'archived' as const;
    const variantIds = scope.variantIds ?? (await mostAskedFor(sql, scope, since.at));
    if (!variantIds) return 'tooMuch' as const;
    const entries = await entriesOf(sql, variantIds, since.at);
    if (entries.length > MAX_ENTRIES) return 'tooMuch' as const;
    const ids = [...variantIds];
    return {
      since: since.at,
      variantIds,
      entries,
      levels: await sql<LevelNow[]>`
        select variant_id as "variantId", location_id as "locationId", available from stock.levels where variant_id = any(${ids}::uuid[])`,
      places: await sql<{ channel: string; locationIds: string[] }[]>`
        select channel_code as channel, array_agg(location_id order by location_id) as "locationIds" from stock.channel_places
        where location_id in (select location_id from stock.levels where variant_id = any(${ids}::uuid[])) group by channel_code order by channel_code`,
      safetyStocks: await sql<{ channel: string; locationId: string; quantity: number }[]>`
        select channel_code as channel, location_id as "locationId", quantity from stock.safety_stocks
        where location_id in (select location_id from stock.levels where variant_id = any(${ids}::uuid[]))`,
      pool: await poolOf(sql, scope),
      ...(await governing(sql, ids)),
    };
  });
  return history;
}

/** The beginning, and whether a month since then was archived. */
async function beginningOf(
  sql: TransactionSql,
  days: number,
): Promise<{ readonly at: string; readonly archived: boolean }> {
  const [row] = await sql<{ at: string; archived: boolean }[]>`
    select s.at::text as at, exists (select from stock.ledger_months m where m.state = 'archived' and m.month >= date_trunc('month', s.at at time zone 'UTC')::date) as archived
    from (select stock.app_now() - make_interval(days => ${days}) as at) as s`;
  if (!row) throw new Error('a query without a table answers one row');
  return row;
}

/** The variants of the scope of which most units were asked for; null when there is too much to look at. */
async function mostAskedFor(sql: TransactionSql, scope: TrialScope, since: string): Promise<string[] | null> {
  const ids = scope.scopeVariantIds as string[] | null;
  const rows = await sql<{ id: string; scanned: string }[]>`
    with scanned as materialized (
      select m.variant_id, m.quantity from stock.movements m where m.booked_at >= ${since}::timestamptz and m.kind = 'RESERVED'
        ${ids ? sql`and m.variant_id = any(${ids}::uuid[])` : sql`and not exists (select from stock.policy_variants v where v.variant_id = m.variant_id)`}
      limit ${MAX_SCANNED + 1}
    )
    select variant_id as id, (select count(*) from scanned) as scanned from scanned group by variant_id order by sum(quantity) desc, variant_id limit ${MAX_VARIANTS}`;
  return Number(rows[0]?.scanned ?? 0) > MAX_SCANNED ? null : rows.map(({ id }) => id);
}

async function entriesOf(sql: TransactionSql, variantIds: readonly string[], since: string) {
  const rows = await sql<(LedgerEntry & { variantId: string; version: unknown })[]>`
    select m.variant_id as "variantId", m.version, m.location_id as "locationId", m.quantity, m.to_state is not distinct from 'AVAILABLE' as "isGain",
      m.reservation_id as "reservationId", coalesce(m.from_state in ('RESERVED', 'COMMITTED'), false) as "wasHeld", r.channel_code as channel
    from stock.movements m left join stock.reservations r on r.reservation_id = m.reservation_id
    where m.variant_id = any(${[...variantIds]}::uuid[]) and m.booked_at >= ${since}::timestamptz and 'AVAILABLE' in (m.from_state, m.to_state)
    order by m.variant_id, m.version, m.entry limit ${MAX_ENTRIES + 1}`;
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}

async function poolOf(sql: TransactionSql, { channels, scopeLocationIds }: TrialScope): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select location_id as id from stock.channel_places where channel_code = any(${[...channels]}::text[])
      and (${scopeLocationIds as string[] | null}::uuid[] is null or location_id = any(${scopeLocationIds as string[] | null}::uuid[]))
    group by location_id having count(*) = ${channels.length} order by location_id`;
  return rows.map(({ id }) => id);
}

async function governing(sql: TransactionSql, ids: string[]) {
  const policyOf = await sql<{ variantId: string; policyId: string }[]>`
    select g.id as "variantId", coalesce(v.policy_id, c.default_policy_id) as "policyId" from unnest(${ids}::uuid[]) as g(id) cross join stock.configuration c
    left join stock.policy_variants v on v.variant_id = g.id where coalesce(v.policy_id, c.default_policy_id) is not null`;
  const policies = await sql<GoverningPolicy[]>`
    select p.policy_id as "policyId", jsonb_build_object('kind', p.kind, 'lendableBasisPoints', p.lendable_basis_points, 'channels', coalesce((
        select jsonb_agg(jsonb_build_object('channel', s.channel_code, 'priority', s.priority, 'promised', s.promised, 'shareBasisPoints', s.share_basis_points,
          'floor', s.floor)) from stock.allocation_shares s where s.policy_id = p.policy_id), '[]')) as rules,
      array(select pp.location_id from stock.policy_pools pp where pp.policy_id = p.policy_id) as pool
    from stock.allocation_policies p where p.policy_id = any(${[...new Set(policyOf.map(({ policyId }) => policyId))]}::uuid[])`;
  return { policyOf, policies };
}
