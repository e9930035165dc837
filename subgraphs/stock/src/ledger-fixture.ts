/** Ledgers of other months, for tests: entries at moments of their own choice, and what they come to. */
import type { Database, DatabaseOptions } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { StockState } from './data/movements.ts';

/** The time in tests of months: the months before are over. */
export const LEDGER_NOW = '2025-05-15T12:00:00.000Z';
/** The oldest month whose partition is there. */
export const FIRST_MONTH = '2025-01-01';

/** A database of a test. */
interface OpensDatabases {
  open(schema: string, options: Partial<DatabaseOptions>): Database;
}

/** Opens pools whose clock began at `LEDGER_NOW`, with the partitions of the months before. */
export async function openLedger(testDb: OpensDatabases): Promise<() => Database> {
  const open = () => testDb.open('stock', { nowOffset: `${Date.parse(LEDGER_NOW) - Date.now()} milliseconds`, max: 4 });
  const db = open();
  await db.sql`select stock.prepare_ledger(${FIRST_MONTH}::timestamptz, 4)`;
  return open;
}

/** An entry to be, at its moment. */
export interface PlannedEntry {
  readonly variantId: string;
  readonly locationId: string;
  readonly at: string;
  readonly quantity: number;
  readonly from: StockState | null;
  readonly to: StockState | null;
}

/**
 * Writes a ledger with the versions and levels that it comes to, as if it had been booked then. Entries of one variant at one moment are
 * one version; the variants must be new.
 */
export async function writeLedger(db: Database, entries: readonly PlannedEntry[]): Promise<void> {
  const given = JSON.stringify(entries.map((entry, position) => ({ ...entry, position })));
  await db.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await tx`
      create temporary table planned on commit drop as
      select "variantId" as variant_id, "locationId" as location_id, at, quantity, "from" as from_state, "to" as to_state,
        dense_rank() over (partition by "variantId" order by at) as version, row_number() over (partition by "variantId", at order by position) as entry
      from jsonb_to_recordset(${given}::jsonb) as g ("variantId" uuid, "locationId" uuid, at timestamptz, quantity int, "from" stock.stock_state, "to" stock.stock_state, position int)`;
    await tx`insert into stock.variant_versions (variant_id, version, changed_at) select variant_id, max(version), max(at) from planned group by 1`;
    await tx`
      insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, from_state, to_state, reference, booked_at)
      select variant_id, version, entry, location_id, 'ADJUSTED', quantity, from_state, to_state, ${`test:${newId()}`}, at from planned`;
    const sum = (state: StockState) =>
      tx`sum(case when to_state = ${state} then quantity when from_state = ${state} then -quantity else 0 end)`;
    await tx`
      insert into stock.levels (variant_id, location_id, available, reserved, committed, safety, damaged, inspection, incoming)
      select variant_id, location_id, ${sum('AVAILABLE')}, ${sum('RESERVED')}, ${sum('COMMITTED')}, ${sum('SAFETY')}, ${sum('DAMAGED')}, ${sum('INSPECTION')}, ${sum('INCOMING')}
      from planned group by 1, 2`;
  });
}

/** Writes past the ledger, as whoever owns the tables could. */
export async function corruptLevel(
  db: Database,
  level: { readonly variantId: string; readonly locationId: string },
  state: Lowercase<StockState>,
  difference: number,
): Promise<void> {
  await db.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await tx`
      update stock.levels set ${tx(state)} = ${tx(state)} + ${difference} where variant_id = ${level.variantId} and location_id = ${level.locationId}`;
  });
}
