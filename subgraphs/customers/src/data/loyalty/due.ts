import type { Db } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Credits the points of the order that is due first and that nobody else is at. @returns whether there was one. */
export const creditNextOrder = (db: Db): Promise<boolean> => wasOne(db, 'credit_next_order');

/** Ends the points of one account that have expired and are not held. @returns whether there was one. */
export const expireNextPoints = (db: Db): Promise<boolean> => wasOne(db, 'expire_next_points');

/** Works out one tier anew whose points stop counting, or which other rules were made for since. @returns whether there was one. */
export const reviewNextStanding = (db: Db): Promise<boolean> => wasOne(db, 'review_next_standing');

async function wasOne(db: Db, step: string): Promise<boolean> {
  const [row] = await db.execute<{ one: boolean }>(sql`select customers.${sql.identifier(step)}() as one`);
  return row!.one;
}
