import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Counts a change of promotions, taxes, shipping, fees or categories; its row is locked until the transaction ends. @returns the new revision */
export async function raiseEngineRevision(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ revision: string }>(
    sql`update prices.engine_state set revision = revision + 1 returning revision`,
  );
  return Number(row!.revision);
}

/** Codes of the lists that are in force now, in order. */
export async function findActiveListCodes(tx: Tx): Promise<string[]> {
  const rows = await tx.execute<{ code: string }>(
    sql`select code from prices.price_lists where activity @> prices.app_now() order by code`,
  );
  return rows.map(({ code }) => code);
}
