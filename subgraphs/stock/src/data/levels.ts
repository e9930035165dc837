import type { Database } from '@kontor/kit/src/database.ts';
import type { Availability } from '../domain/availability.ts';
import { booking, lockOrMakeVariants } from './booking.ts';
import { pipelined, type Connection } from './transaction.ts';

/** The stock of a variant at a location, in units. */
export interface LevelRow {
  readonly variantId: string;
  readonly locationId: string;
  readonly available: number;
  readonly reserved: number;
  readonly committed: number;
  readonly safety: number;
  readonly damaged: number;
  readonly inspection: number;
  readonly incoming: number;
}

/** The largest Int of GraphQL: sums stop there. */
const MAX_INT = 2_147_483_647;
const MAX_LEVELS = 2_000;

/** What a channel can sell of variants, one row for each id given, in one statement; ids must be UUIDs. */
export async function findAvailability(
  db: Database,
  channel: string,
  variantIds: readonly string[],
): Promise<Availability[]> {
  const rows = await db.sql<(Availability & { version: unknown })[]>`
    select g.id as "variantId", coalesce(v.version, 0) as version, stock.app_now() as "asOf", least(coalesce((
      select sum(l.available) from stock.levels l
      where l.variant_id = g.id and l.location_id = any((select location_ids from stock.channel_locations where channel_code = ${channel})::uuid[])
    ), 0), ${MAX_INT})::int as "sellableQuantity"
    from (select distinct id from unnest(${[...variantIds]}::uuid[]) as id) as g
    left join stock.variant_versions v on v.variant_id = g.id`;
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}

/** What each location of a channel has available of the variants, best stocked variants and locations in order of id. */
export async function findCandidateLevels(
  db: Database,
  channel: string,
  variantIds: readonly string[],
): Promise<Pick<LevelRow, 'variantId' | 'locationId' | 'available'>[]> {
  return db.sql<LevelRow[]>`
    select l.variant_id as "variantId", l.location_id as "locationId", l.available from stock.levels l
    where l.variant_id = any(${[...variantIds]}::uuid[]) and l.available > 0
      and l.location_id in (select unnest(location_ids) from stock.channel_locations where channel_code = ${channel})
    order by l.location_id, l.variant_id`;
}

const columns = (sql: Database['sql'] | Connection) => sql`
  l.variant_id as "variantId", l.location_id as "locationId", l.available, l.reserved, l.committed, l.safety, l.damaged, l.inspection, l.incoming`;

/** Levels of a variant at all locations, 2,000 at most, by location code. */
export async function findLevels(db: Database, variantId: string): Promise<LevelRow[]> {
  return db.sql<LevelRow[]>`
    select ${columns(db.sql)} from stock.levels l join stock.locations using (location_id)
    where l.variant_id = ${variantId} order by code limit ${MAX_LEVELS}`;
}

/** One level, within a transaction that holds the variant's lock; null when the location has no row for the variant. */
export async function readLevel(sql: Connection, variantId: string, locationId: string): Promise<LevelRow | null> {
  const [row] = await sql<LevelRow[]>`
    select ${columns(sql)} from stock.levels l where l.variant_id = ${variantId} and l.location_id = ${locationId}`;
  return row ?? null;
}

/** A signed difference of what is available. */
export interface AvailableMovement {
  readonly variantId: string;
  readonly locationId: string;
  readonly kind: 'RECEIVED' | 'COUNTED';
  readonly quantity: number;
  readonly cause: string;
}

/** Books one difference of what is available; the variant's lock must be held. @throws the broken constraint of `levels`. */
export async function bookAvailable(sql: Connection, movement: AvailableMovement): Promise<void> {
  const { variantId, locationId, kind, quantity, cause } = movement;
  await sql`
    with movement as (
      select ${variantId}::uuid as variant_id, ${locationId}::uuid as location_id, ${kind}::text as kind, ${quantity}::int as quantity,
        ${quantity}::int as available, 0 as reserved, 0 as committed, ${cause}::text as cause
    ), ${booking(sql)}
    select from bumped`;
}

/** A level of an import. */
export interface LevelImport {
  readonly variantId: string;
  readonly quantity: number;
  readonly reference: string;
}

/**
 * Sets available quantities at a location, each once per reference: a reference that was applied with the same quantity for the same
 * variant changes nothing. Of several new lines for one variant the last one counts.
 * @param levels references must differ. @returns how many levels changed. @throws the broken foreign key when the location is unknown.
 */
export async function setLevels(db: Database, locationId: string, levels: readonly LevelImport[]): Promise<number> {
  const given = JSON.stringify(
    levels.map(({ variantId, quantity, reference }, position) => ({
      variant_id: variantId,
      quantity,
      reference,
      position,
    })),
  );
  const results = await pipelined(db, (sql) => [
    lockOrMakeVariants(
      sql,
      levels.map((level) => level.variantId),
    ),
    sql`
    with given as (
      select variant_id, quantity, reference, position
      from jsonb_to_recordset(${given}::jsonb) as g(variant_id uuid, quantity int, reference text, position int)
    ), fresh as (
      select g.* from given g left join stock.import_references r on r.location_id = ${locationId} and r.reference = g.reference
      where (r.variant_id, r.quantity) is distinct from (g.variant_id, g.quantity)
    ), remembered as (
      insert into stock.import_references (location_id, reference, variant_id, quantity, applied_at)
      select ${locationId}::uuid, reference, variant_id, quantity, stock.app_now() from fresh order by reference
      on conflict on constraint import_references_pkey
      do update set variant_id = excluded.variant_id, quantity = excluded.quantity, applied_at = excluded.applied_at
    ), target as (
      select distinct on (variant_id) variant_id, quantity, reference from fresh order by variant_id, position desc
    ), difference as (
      select t.variant_id, t.quantity - coalesce(l.available, 0) as quantity, t.reference
      from target t left join stock.levels l on l.variant_id = t.variant_id and l.location_id = ${locationId}
    ), movement as (
      select variant_id, ${locationId}::uuid as location_id, 'ADJUSTED' as kind, quantity,
        quantity as available, 0 as reserved, 0 as committed, 'import:' || reference as cause
      from difference where quantity <> 0
    ), ${booking(sql)}
    select count(*)::int as changed from delta`,
  ]);
  return Number(results[1]?.[0]?.['changed'] ?? 0);
}
