import type { Database } from '@kontor/kit/src/database.ts';
import { retried } from './retry.ts';

/** Something that is kept and differs from what it follows from. */
export interface Difference {
  /**
   * What was compared: a level with the ledger, reserved and committed units with the open lines of reservations, a variant's version with
   * the ledger's, the ledger's versions with how many there should be, units sold ahead with lines that wait, a channel's consumption
   * with zero, a reservation with its deadline.
   */
  readonly what: 'LEVEL' | 'LINES' | 'VERSION' | 'GAP' | 'SOLD_AHEAD' | 'USAGE' | 'DEADLINE';
  /** Null for DEADLINE. */
  readonly variantId: string | null;
  readonly locationId: string | null;
  /** Only of DEADLINE. */
  readonly reservationId: string | null;
  /** The state of stock; for USAGE the channel. */
  readonly state: string | null;
  /** What it should be. DEADLINE: 1 when there should be one. */
  readonly expected: number;
  readonly actual: number;
}

/** What was compared of a part of the whole. */
export interface Chunk {
  /** Where the next part begins; null when this was the last one. */
  readonly next: string | null;
  /** 0 for a part of the reservations. */
  readonly variantCount: number;
  readonly levelCount: number;
  readonly differenceCount: number;
  /** The first ones, 10,000 at most. */
  readonly differences: readonly Difference[];
}

/** The first of all ids. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const MAX_VARIANTS = 1_000;
const MAX_ENTRIES = 200_000;
const MAX_RESERVATIONS = 20_000;
const MAX_DIFFERENCES = 10_000;

/** The id behind an id, in PostgreSQL's order, which is that of the number it is; null behind the last one. */
export function idAfter(id: string): string | null {
  if (id.toLowerCase() === LAST_ID) return null;
  const digits = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** How many variants ever had stock. */
export async function countVariants(db: Database): Promise<number> {
  const [row] = await db.sql<{ count: number }[]>`select count(*)::int as count from stock.variant_versions`;
  return row?.count ?? 0;
}

/** Compares the variants from an id on: 1,000 at most, fewer when they have many entries. Each part is one snapshot. */
export async function compareVariants(db: Database, from: string): Promise<Chunk> {
  const [end] = await db.sql<{ last: string; count: number; isAll: boolean }[]>`
    with behind as (
      select variant_id, version, row_number() over (order by variant_id) as n, sum(version) over (order by variant_id) as entries
      from (select variant_id, version from stock.variant_versions where variant_id >= ${from} order by variant_id limit ${MAX_VARIANTS + 1}) as v
    ), taken as (select * from behind where n = 1 or (n <= ${MAX_VARIANTS} and entries <= ${MAX_ENTRIES}))
    select t.variant_id as last, t.n::int as count, t.n = (select count(*) from behind) as "isAll" from taken t order by t.n desc limit 1`;
  const last = end && !end.isAll ? end.last : LAST_ID;
  const { levelCount, differenceCount, differences } = await compareRange(db, from, last);
  return { next: idAfter(last), variantCount: end?.count ?? 0, levelCount, differenceCount, differences };
}

/** Compares one variant. */
export async function compareVariant(db: Database, variantId: string): Promise<Chunk> {
  return { ...(await compareRange(db, variantId, variantId)), next: null, variantCount: 1 };
}

async function compareRange(
  db: Database,
  first: string,
  last: string,
): Promise<Pick<Chunk, 'levelCount' | 'differenceCount' | 'differences'>> {
  const [levels] = await db.sql<{ count: number }[]>`
    select count(*)::int as count from stock.levels where variant_id >= ${first} and variant_id <= ${last}`;
  const rows = await db.sql<(Difference & { total: string })[]>`
    select what, variant_id as "variantId", location_id as "locationId", null as "reservationId", state, expected, actual, count(*) over () as total
    from stock.find_differences(${first}::uuid, ${last}::uuid) limit ${MAX_DIFFERENCES}`;
  return {
    levelCount: levels?.count ?? 0,
    differenceCount: Number(rows[0]?.total ?? 0),
    differences: rows.map(({ total: _, ...row }) => ({
      ...row,
      expected: Number(row.expected),
      actual: Number(row.actual),
    })),
  };
}

/** Compares reservations, in order of id, with the deadlines of their holds: 20,000 at most, from an id on. */
export async function compareReservations(db: Database, from: string): Promise<Chunk> {
  const [row] = await db.sql<{ last: string | null; count: number; ids: string[] }[]>`
    with part as materialized (
      select reservation_id, status, expires_at from stock.reservations where reservation_id >= ${from} order by reservation_id limit ${MAX_RESERVATIONS}
    )
    select (select reservation_id from part order by reservation_id desc limit 1) as last, (select count(*)::int from part) as count,
      array(select p.reservation_id from part p where p.status = 'held' and not exists (
        select from stock.hold_deadlines h where h.reservation_id = p.reservation_id and h.expires_at = p.expires_at) order by 1) as ids`;
  const { last = null, count = 0, ids = [] } = row ?? {};
  return toDeadlines(ids, 1, last !== null && count === MAX_RESERVATIONS ? idAfter(last) : null);
}

/** Looks for deadlines that no hold has. */
export async function compareDeadlines(db: Database): Promise<Chunk> {
  const rows = await db.sql<{ id: string }[]>`
    select distinct h.reservation_id as id from stock.hold_deadlines h where not exists (
      select from stock.reservations r where r.reservation_id = h.reservation_id and r.status = 'held' and r.expires_at = h.expires_at) order by 1`;
  return toDeadlines(
    rows.map((row) => row.id),
    0,
    null,
  );
}

/** Compares the reservations that have lines of a variant with their deadlines. */
export async function compareReservationsOf(db: Database, variantId: string): Promise<Chunk> {
  const rows = await db.sql<{ id: string }[]>`
    select r.reservation_id as id from stock.reservations r
    where r.status = 'held' and r.reservation_id in (select l.reservation_id from stock.reservation_lines l where l.variant_id = ${variantId})
      and not exists (select from stock.hold_deadlines h where h.reservation_id = r.reservation_id and h.expires_at = r.expires_at) order by 1`;
  return toDeadlines(
    rows.map((row) => row.id),
    1,
    null,
  );
}

/** @param expected 1 for reservations that lack a deadline, 0 for those that have one too many. */
function toDeadlines(ids: readonly string[], expected: 0 | 1, next: string | null): Chunk {
  const differences = ids.slice(0, MAX_DIFFERENCES).map((reservationId): Difference => {
    const nothing = { variantId: null, locationId: null, state: null };
    return { what: 'DEADLINE', ...nothing, reservationId, expected, actual: 1 - expected };
  });
  return { next, variantCount: 0, levelCount: 0, differenceCount: ids.length, differences };
}

/** In whose name, under which number and why a repair is made. */
export interface Repair {
  readonly repairId: string;
  readonly reason: string;
  readonly repairedBy: string;
}

/** Repairs a variant, a transaction of its own. @returns whether it had differences. */
export async function repairVariant(db: Database, variantId: string, repair: Repair): Promise<boolean> {
  const { repairId, reason, repairedBy } = repair;
  const [row] = await retried(
    () => db.sql<{ repaired: boolean }[]>`
      select stock.repair_variant(${variantId}::uuid, ${repairId}::uuid, ${reason}, ${repairedBy}) as repaired`,
  );
  db.committed();
  return row?.repaired ?? false;
}

/** Repairs the deadlines of reservations, a transaction of its own. @returns how many were repaired. */
export async function repairDeadlines(db: Database, ids: readonly string[], repair: Repair): Promise<number> {
  const { repairId, reason, repairedBy } = repair;
  const [row] = await retried(
    () => db.sql<{ repaired: number }[]>`
      select stock.repair_deadlines(${[...ids]}::uuid[], ${repairId}::uuid, ${reason}, ${repairedBy}) as repaired`,
  );
  return row?.repaired ?? 0;
}
