import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/**
 * Draws the next `count` numbers of the sequence of changes. Others who draw wait from here until the commit, so that numbers are committed
 * in their order: it is among the last things that a command does. @returns the number before the first of them.
 */
export async function drawChangeNumbers(tx: Tx, count: number): Promise<number> {
  const rows = await tx.execute<{ lastNumber: string }>(sql`
    update products.change_clock set last_number = last_number + ${count} returning last_number as "lastNumber"`);
  return Number(rows[0]!.lastNumber) - count;
}
