import type { Database } from '@kontor/kit/src/database.ts';

/** What a ledger entry did. */
export type MovementKind =
  | 'RECEIVED'
  | 'RESERVED'
  | 'RELEASED'
  | 'EXPIRED'
  | 'COMMITTED'
  | 'SHIPPED'
  | 'RETURNED'
  | 'TRANSFERRED_OUT'
  | 'TRANSFERRED_IN'
  | 'ADJUSTED'
  | 'COUNTED';

/** What units of stock are in. */
export type StockState = 'AVAILABLE' | 'RESERVED' | 'COMMITTED' | 'SAFETY' | 'DAMAGED' | 'INSPECTION' | 'INCOMING';

/** An entry of the ledger: units that moved from a state to a state; null is outside of stock. */
export interface MovementRow {
  readonly variantId: string;
  readonly version: number;
  /** Counts the entries of one version from 1. */
  readonly entry: number;
  readonly locationId: string;
  readonly kind: MovementKind;
  readonly quantity: number;
  readonly fromState: StockState | null;
  readonly toState: StockState | null;
  readonly reservationId: string | null;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
  readonly bookedAt: string;
}

/** A position in a variant's ledger. */
export interface LedgerPosition {
  readonly version: number;
  readonly entry: number;
}

/** The ledger of a variant, newest first, behind a position. Times are ISO 8601: from `since` on and before `until`. */
export async function findMovements(
  db: Database,
  filter: {
    readonly variantId: string;
    readonly locationId: string | null;
    readonly kind: MovementKind | null;
    readonly since: string | null;
    readonly until: string | null;
    readonly after: LedgerPosition | null;
    readonly limit: number;
  },
): Promise<MovementRow[]> {
  const { sql } = db;
  const { variantId, locationId, kind, since, until, after, limit } = filter;
  const rows = await sql<(MovementRow & { version: unknown })[]>`
    select variant_id as "variantId", version, entry, location_id as "locationId", kind, quantity, from_state as "fromState", to_state as "toState",
      reservation_id as "reservationId", reference, reason, actor, booked_at as "bookedAt"
    from stock.movements where variant_id = ${variantId}
      ${locationId ? sql`and location_id = ${locationId}` : sql``}
      ${kind ? sql`and kind = ${kind}` : sql``}
      ${since ? sql`and booked_at >= ${since}::timestamptz` : sql``}
      ${until ? sql`and booked_at < ${until}::timestamptz` : sql``}
      ${after ? sql`and (version, entry) < (${after.version}, ${after.entry})` : sql``}
    order by version desc, entry desc limit ${limit}`;
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}
