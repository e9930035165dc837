import type { Database } from '@kontor/kit/src/database.ts';
import type { Availability } from '../domain/availability.ts';
import { booking, lockedLevels } from './booking.ts';
import { retried } from './retry.ts';

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

const MAX_LEVELS = 2_000;

/** What a channel can sell of variants, one row for each id given, in one statement; ids must be UUIDs. */
export async function findAvailability(
  db: Database,
  channel: string,
  variantIds: readonly string[],
): Promise<Availability[]> {
  const ids = [...variantIds];
  const rows = await db.sql<(Availability & { version: unknown })[]>`
    select v.item as "variantId", v.version, stock.app_now() as "asOf", coalesce(o.sellable, 0) as "sellableQuantity"
    from stock.versions(${ids}::uuid[]) v left join stock.offers(${ids}::uuid[], ${channel}) o on o.item = v.item`;
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}

/** A variant at a location, as a channel may have it. */
export interface CandidateRow {
  readonly variantId: string;
  readonly locationId: string;
  /** What the channel can reserve there. */
  readonly available: number;
  /** What it can reserve over all locations, which a policy may make less than the sum of the places. */
  readonly sellable: number;
}

/** What each location of a channel lets it have of the variants, locations and variants in order of id; bundles as sets that one location can make. */
export async function findCandidateLevels(
  db: Database,
  channel: string,
  variantIds: readonly string[],
): Promise<CandidateRow[]> {
  const ids = [...variantIds];
  return db.sql<CandidateRow[]>`
    select item as "variantId", location_id as "locationId", units as available, sellable
    from stock.place_offers(${ids}::uuid[], ${channel}) order by location_id, item`;
}

/** Levels of a variant at all locations, 2,000 at most, by location code. */
export async function findLevels(db: Database, variantId: string): Promise<LevelRow[]> {
  return db.sql<LevelRow[]>`
    select l.variant_id as "variantId", l.location_id as "locationId", l.available, l.reserved, l.committed, l.safety, l.damaged, l.inspection, l.incoming
    from stock.levels l join stock.locations using (location_id) where l.variant_id = ${variantId} order by code limit ${MAX_LEVELS}`;
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
  const { sql } = db;
  const variantIds = levels.map((level) => level.variantId);
  const given = JSON.stringify(
    levels.map(({ variantId, quantity, reference }, position) => ({
      variant_id: variantId,
      quantity,
      reference,
      position,
    })),
  );
  const [row] = await retried(
    () => sql<{ changed: number }[]>`
    with ${lockedLevels(sql, sql`${variantIds}::uuid[]`)}, given as (
      select variant_id, quantity, reference, position
      from jsonb_to_recordset(${given}::jsonb) as g(variant_id uuid, quantity int, reference text, position int)
    ), fresh as (
      -- The conflict's condition looks at the newest row: what another import has applied while this one waited is not fresh.
      insert into stock.import_references as r (location_id, reference, variant_id, quantity, applied_at)
      select ${locationId}::uuid, g.reference, g.variant_id, g.quantity, stock.app_now()
      from given g cross join (select count(*) as levels from current) as locked where locked.levels >= 0 order by g.reference
      on conflict on constraint import_references_pkey
      do update set variant_id = excluded.variant_id, quantity = excluded.quantity, applied_at = excluded.applied_at
      where (r.variant_id, r.quantity) is distinct from (excluded.variant_id, excluded.quantity)
      returning r.reference
    ), target as (
      select distinct on (g.variant_id) g.variant_id, g.quantity, g.reference
      from given g join fresh using (reference) order by g.variant_id, g.position desc
    ), difference as (
      select t.variant_id, t.quantity - coalesce(c.available, 0) as quantity, t.reference
      from target t left join current c on c.variant_id = t.variant_id and c.location_id = ${locationId}
    ), movement as (
      select variant_id, ${locationId}::uuid as location_id, 'ADJUSTED' as kind, abs(quantity) as quantity,
        case when quantity < 0 then 'AVAILABLE' end as from_state, case when quantity > 0 then 'AVAILABLE' end as to_state,
        null::uuid as reservation_id, 'import:' || reference as reference, 'IMPORT' as reason, null as actor
      from difference where quantity <> 0
    ), ${booking(sql)}
    select count(*)::int as changed from movement cross join booked`,
  );
  db.committed();
  return row?.changed ?? 0;
}
