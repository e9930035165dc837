import type { Database } from '@kontor/kit/src/database.ts';

/** What a channel leaves of every variant at a location. */
export interface SafetyStockRow {
  readonly channel: string;
  readonly locationId: string;
  /** Units; 0 when nothing is set. */
  readonly quantity: number;
}

/** What setting a safety stock came to; `quantity` is what is set now. */
export interface SafetyStockOutcome {
  readonly outcome: 'saved' | 'mismatch' | 'unknown_channel' | 'unknown_location';
  readonly quantity?: number;
}

/** Sets a safety stock, in one transaction that stops all other changes of stock meanwhile. @throws PostgreSQL's lock_not_available. */
export async function saveSafetyStock(
  db: Database,
  { channel, locationId, quantity }: SafetyStockRow,
  expectedQuantity: number | null,
): Promise<SafetyStockOutcome> {
  const [row] = await db.sql<{ result: SafetyStockOutcome }[]>`
    select stock.set_safety_stock(${channel}, ${locationId}, ${quantity}, ${expectedQuantity}) as result`;
  if (!row) throw new Error('a function answers one row');
  db.committed();
  return row.result;
}

/** Safety stocks by channel and location, behind one. */
export async function listSafetyStocks(
  db: Database,
  filter: {
    readonly channel: string | null;
    readonly after: Pick<SafetyStockRow, 'channel' | 'locationId'> | null;
    readonly limit: number;
  },
): Promise<SafetyStockRow[]> {
  const { sql } = db;
  const { channel, after, limit } = filter;
  return sql<SafetyStockRow[]>`
    select s.channel_code as channel, s.location_id as "locationId", s.quantity from stock.safety_stocks s where true
      ${channel === null ? sql`` : sql`and s.channel_code = ${channel}`}
      ${after ? sql`and (s.channel_code, s.location_id) > (${after.channel}, ${after.locationId}::uuid)` : sql``}
    order by s.channel_code, s.location_id limit ${limit}`;
}
