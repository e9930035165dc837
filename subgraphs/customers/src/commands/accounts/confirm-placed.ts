import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { confirmHolds, findExpired, placeHold, type EndedHolds } from '../../data/accounts/holds.ts';

/** As long as the transaction takes: what is held anew is confirmed in it. */
const TTL_S = 60;

/**
 * Confirms all that is held for an order that was placed, also when nothing is. What had expired before it was heard of the order is held
 * anew where its accounts have room for all of it; a part of it that has room is held for a minute, while the rest has none. Repeating is
 * harmless. @returns CONFIRMED when the order is covered; else how its holds had ended.
 */
export async function confirmPlaced(db: Database, key: string): Promise<'CONFIRMED' | EndedHolds['status']> {
  return inTransaction(db, async (tx) => {
    const first = await confirmHolds(tx, key);
    if (first.done) return 'CONFIRMED';
    for (const expired of await findExpired(tx, key)) {
      const { status } = await placeHold(tx, { ...expired, key, ttlS: TTL_S });
      if (status !== 'HELD') return first.status;
    }
    const again = await confirmHolds(tx, key);
    return again.done ? 'CONFIRMED' : again.status;
  });
}
