import type { Database } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

const KEPT = '400 days';
const BATCH = 5_000;

/** Forgets prices, lists, promotions and rates of more than 400 days ago, in batches. */
export async function purgeHistory({ orm }: Database, isStopping: () => boolean): Promise<void> {
  for (const table of [sql`prices.price_history`, sql`prices.state_history`])
    for (let count = BATCH; count === BATCH && !isStopping();) {
      const rows = await orm.execute(sql`
        delete from ${table} where ctid in (
          select ctid from ${table} where upper(held) < prices.app_now() - ${KEPT}::interval limit ${BATCH})
        returning 1`);
      count = rows.length;
    }
}
