import type { Database } from '@kontor/kit/src/database.ts';

/** What a ledger entry did. */
export type MovementKind =
  'RECEIVED' | 'RESERVED' | 'RELEASED' | 'EXPIRED' | 'COMMITTED' | 'SHIPPED' | 'ADJUSTED' | 'COUNTED';

/** An entry of the ledger. */
export interface MovementRow {
  readonly id: string;
  readonly kind: MovementKind;
  readonly quantity: number;
  readonly variantId: string;
  readonly locationId: string;
  readonly cause: string;
  readonly version: number;
  readonly bookedAt: string;
}

/** A position in a variant's ledger. */
export interface LedgerPosition {
  readonly version: number;
  readonly id: string;
}

/** The ledger of a variant, newest first, behind a position. */
export async function findMovements(
  db: Database,
  filter: {
    readonly variantId: string;
    readonly locationId: string | null;
    readonly after: LedgerPosition | null;
    readonly limit: number;
  },
): Promise<MovementRow[]> {
  const { sql } = db;
  const { variantId, locationId, after, limit } = filter;
  const rows = await sql<(MovementRow & { version: unknown })[]>`
    select movement_id as id, kind, quantity, variant_id as "variantId", location_id as "locationId", cause, version, booked_at as "bookedAt"
    from stock.movements where variant_id = ${variantId}
      ${locationId ? sql`and location_id = ${locationId}` : sql``}
      ${after ? sql`and (version, movement_id) < (${after.version}, ${after.id})` : sql``}
    order by version desc, movement_id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}

/** How levels compare with the sums of the ledger. */
export interface Verification {
  readonly levelCount: number;
  readonly differenceCount: number;
}

/** Rebuilds levels from the ledger and compares them, in one statement and so at one moment. */
export async function verifyLevels(db: Database, variantId: string | null): Promise<Verification> {
  const { sql } = db;
  const only = variantId ? sql`where variant_id = ${variantId}` : sql``;
  const [row] = await sql<Verification[]>`
    with rebuilt as (
      select variant_id, location_id, sum(available_delta) as available, sum(reserved_delta) as reserved, sum(committed_delta) as committed,
        sum(safety_delta) as safety, sum(damaged_delta) as damaged, sum(inspection_delta) as inspection, sum(incoming_delta) as incoming
      from stock.movements ${only} group by variant_id, location_id
    ), kept as (
      select variant_id, location_id, available, reserved, committed, safety, damaged, inspection, incoming from stock.levels ${only}
    )
    select count(*)::int as "levelCount", count(*) filter (where
      (r.available, r.reserved, r.committed, r.safety, r.damaged, r.inspection, r.incoming) is distinct from
      (k.available, k.reserved, k.committed, k.safety, k.damaged, k.inspection, k.incoming))::int as "differenceCount"
    from rebuilt r full join kept k using (variant_id, location_id)`;
  return row ?? { levelCount: 0, differenceCount: 0 };
}
