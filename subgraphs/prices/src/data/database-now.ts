import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** The database's clock, cut to milliseconds: what dates of ours can tell, so that a boundary is the same for both. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const [row] = await tx.execute<{ now: string }>(
    sql`select (extract(epoch from date_trunc('milliseconds', prices.app_now())) * 1000)::bigint as now`,
  );
  return new Date(Number(row!.now));
}
