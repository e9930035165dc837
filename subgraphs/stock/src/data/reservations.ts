import type { Database } from '@kontor/kit/src/database.ts';
import type { Allocation, Demand } from '../domain/demand.ts';
import { booking, lockedLevels, type Fragment, type Sql } from './booking.ts';
import { retried } from './retry.ts';

/** The states of a reservation, as the graph writes them. */
export type ReservationStatus = 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED';

/** A reservation with what it holds. */
export interface ReservationRow {
  readonly reservationId: string;
  readonly key: string;
  readonly status: ReservationStatus;
  readonly planIndex: number;
  readonly expiresAt: string;
  readonly requestHash: string;
  readonly allocations: Allocation[];
}

/** A variant of which no plan finds enough. */
export interface ShortVariant {
  readonly variantId: string;
  readonly requested: number;
  /** What the channel can sell of it. */
  readonly available: number;
}

/** What one attempt to hold came to. */
export interface HoldAttempt {
  /** The plan that holds; null when nothing was held. */
  readonly planIndex: number | null;
  readonly expiresAt: string | null;
  /** Whether the key has a reservation already: nothing was held. */
  readonly keyExists: boolean;
  /** Whether a hold on one of the variants is over and not yet ended: nothing was held, end it first. */
  readonly expiredFirst: boolean;
}

/** A hold to be attempted. */
export interface Hold {
  readonly reservationId: string;
  readonly demand: Demand;
  readonly requestHash: string;
  /** Decide although holds on the variants may be over. */
  readonly ignoreExpired: boolean;
}

/**
 * Holds the first plan that can be held as a whole, in one conditional statement behind the variants' locks; writes nothing when
 * there is none. @throws the broken constraint: `reservations_key_unique` when the same key was reserved while this statement
 * waited, `levels_available_not_negative` should anything have written past the locks.
 */
export async function attemptHold(db: Database, hold: Hold): Promise<HoldAttempt> {
  const [row] = await retried(() => holdStatement(db.sql, hold));
  if (!row) throw new Error('a row of subqueries is always there');
  db.committed();
  return row;
}

/** The allocations of all plans as JSON rows. */
const askedOf = ({ plans }: Demand): string =>
  JSON.stringify(
    plans.flatMap((plan, index) =>
      plan.map((each) => ({
        plan: index,
        variant_id: each.variantId,
        location_id: each.locationId,
        quantity: each.quantity,
      })),
    ),
  );

const holdStatement = (sql: Sql, { reservationId, demand, requestHash, ignoreExpired }: Hold) => sql<HoldAttempt[]>`
  with ${lockedLevels(sql, sql`${[...demand.requested.keys()]}::uuid[]`)}, asked as (
    select plan, variant_id, location_id, quantity
    from jsonb_to_recordset(${askedOf(demand)}::jsonb) as a(plan int, variant_id uuid, location_id uuid, quantity int)
  ), existing as (
    select from stock.reservations where key = ${demand.key}
  ), over as (
    select from stock.reservations r join stock.reservation_lines l using (reservation_id)
    where not ${ignoreExpired}::boolean and r.status = 'held' and r.expires_at <= stock.app_now()
      and l.variant_id in (select variant_id from asked)
    limit 1
  ), offered as (
    select unnest(location_ids) as location_id from stock.channel_locations where channel_code = ${demand.channel}
  ), holding as (
    select a.plan from asked a
    left join offered o using (location_id) left join current c using (variant_id, location_id)
    group by a.plan having bool_and(o.location_id is not null and coalesce(c.available, 0) >= a.quantity)
  ), chosen as (
    select min(plan) as plan from holding having not exists (select from existing) and not exists (select from over)
  ), taken as (
    select a.variant_id, a.location_id, a.quantity from asked a join chosen using (plan)
  ), movement as (
    select variant_id, location_id, 'RESERVED' as kind, quantity, -quantity as available, quantity as reserved, 0 as committed,
      ${`reservation:${reservationId}`}::text as cause
    from taken
  ), ${booking(sql)}, reservation as (
    insert into stock.reservations (reservation_id, key, channel_code, status, plan_index, request_hash, expires_at, created_at)
    select ${reservationId}::uuid, ${demand.key}::text, ${demand.channel}::text, 'held', plan, ${requestHash}::text,
      stock.app_now() + make_interval(secs => ${demand.ttlSeconds}::int), stock.app_now()
    from chosen where plan is not null
    returning plan_index, expires_at
  ), line as (
    insert into stock.reservation_lines (reservation_id, variant_id, location_id, quantity)
    select ${reservationId}::uuid, variant_id, location_id, quantity from taken
  )
  select (select plan_index from reservation) as "planIndex", (select expires_at from reservation) as "expiresAt",
    exists (select from existing) as "keyExists", exists (select from over) as "expiredFirst"`;

/** Which variants fall short in every plan, with what the channel can sell; those short in some plan when none is short in all. */
export async function findShortVariants(db: Database, demand: Demand): Promise<ShortVariant[]> {
  const rows = await db.sql<{ variantId: string; available: number; shortPlans: number }[]>`
    with asked as (
      select plan, variant_id, location_id, quantity
      from jsonb_to_recordset(${askedOf(demand)}::jsonb) as a(plan int, variant_id uuid, location_id uuid, quantity int)
    ), offered as (
      select unnest(location_ids) as location_id from stock.channel_locations where channel_code = ${demand.channel}
    ), short as (
      select a.variant_id, count(distinct a.plan)::int as plans
      from asked a left join offered o using (location_id) left join stock.levels l using (variant_id, location_id)
      where o.location_id is null or coalesce(l.available, 0) < a.quantity
      group by a.variant_id
    )
    select v.variant_id as "variantId", coalesce(s.plans, 0) as "shortPlans", least(coalesce((
      select sum(l.available) from stock.levels l join offered using (location_id) where l.variant_id = v.variant_id
    ), 0), 2147483647)::int as available
    from (select distinct variant_id from asked) as v left join short s using (variant_id) order by 1`;
  const most = Math.max(...rows.map((row) => row.shortPlans));
  return rows
    .filter((row) => row.shortPlans === most)
    .map(({ variantId, available }) => ({ variantId, requested: demand.requested.get(variantId) ?? 0, available }));
}

/** A reservation by its key. A hold that is over counts as expired, whether or not it was ended already. */
export async function findReservation(db: Database, key: string): Promise<ReservationRow | null> {
  const [row] = await db.sql<ReservationRow[]>`
    select r.reservation_id as "reservationId", r.key, r.plan_index as "planIndex", r.expires_at as "expiresAt", r.request_hash as "requestHash",
      upper(case when r.status = 'held' and r.expires_at <= stock.app_now() then 'expired' else r.status end) as status,
      (select jsonb_agg(jsonb_build_object('variantId', variant_id, 'locationId', location_id, 'quantity', quantity) order by variant_id, location_id)
        from stock.reservation_lines l where l.reservation_id = r.reservation_id) as allocations
    from stock.reservations r where r.key = ${key}`;
  return row ?? null;
}

/** How a hold ends; `expired` is for holds that are over, and for no others. */
type Ending = 'committed' | 'released' | 'expired';

/**
 * Ends a hold on request with one conditional update behind the locks of its variants: whatever is asked for, a hold that is over
 * expires. @returns the state it is in now; null when the key is unknown.
 */
export async function endReservation(
  db: Database,
  key: string,
  ending: 'committed' | 'released',
): Promise<ReservationStatus | null> {
  const { sql } = db;
  const ended = await retried(() =>
    endStatement(sql, ending, sql`select reservation_id from stock.reservations where key = ${key}`),
  );
  db.committed();
  const [mine] = ended;
  if (mine) return mine.status;
  // It had ended before, perhaps while this statement waited: only the next one sees how.
  return (await findReservation(db, key))?.status ?? null;
}

/** Ends holds that are over; others may have been quicker. */
export async function expireReservations(db: Database, reservationIds: readonly string[]): Promise<void> {
  if (reservationIds.length === 0) return;
  const { sql } = db;
  await retried(() => endStatement(sql, 'expired', sql`select unnest(${[...reservationIds]}::uuid[])`));
  db.committed();
}

/** @param reservations SQL of their ids. @returns those that it ended. */
const endStatement = (sql: Sql, ending: Ending, reservations: Fragment) => sql<{ status: ReservationStatus }[]>`
  with line as (
    select reservation_id, variant_id, location_id, quantity from stock.reservation_lines where reservation_id in (${reservations})
  ), ${lockedLevels(sql, sql`array(select variant_id from line)`)}, ended as (
    update stock.reservations r
    set status = case when r.expires_at > stock.app_now() then ${ending}::text else 'expired' end, ended_at = stock.app_now()
    -- The count is there for its order: variants are locked before reservations, here as everywhere.
    from (select count(*) as levels from current) as locked
    where locked.levels >= 0 and r.reservation_id in (select reservation_id from line) and r.status = 'held'
      and (${ending}::text <> 'expired' or r.expires_at <= stock.app_now())
    returning r.reservation_id, r.status
  ), movement as (
    select l.variant_id, l.location_id, upper(e.status) as kind, l.quantity,
      case when e.status = 'committed' then 0 else l.quantity end as available, -l.quantity as reserved,
      case when e.status = 'committed' then l.quantity else 0 end as committed, 'reservation:' || e.reservation_id as cause
    from ended e join line l using (reservation_id)
  ), ${booking(sql)}
  select upper(status) as status from ended`;

/** Holds that are over, the longest first; only those on some variants when these are given. */
export async function findExpiredHolds(db: Database, limit: number, variantIds?: readonly string[]): Promise<string[]> {
  const { sql } = db;
  const onVariants = variantIds
    ? sql`and exists (select from stock.reservation_lines l where l.reservation_id = r.reservation_id and l.variant_id = any(${[...variantIds]}::uuid[]))`
    : sql``;
  const rows = await sql<{ reservationId: string }[]>`
    select r.reservation_id as "reservationId" from stock.reservations r
    where r.status = 'held' and r.expires_at <= stock.app_now() ${onVariants} order by r.expires_at limit ${limit}`;
  return rows.map((row) => row.reservationId);
}
