import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { confirmHolds, releaseHolds, type EndedHolds } from '../../data/accounts/holds.ts';
import { readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';

/** As long as a hold's key may be. */
export const MOST_KEY_LENGTH = 200;

/**
 * Confirms or releases all that a key holds, of every kind, or nothing; repeating it answers the same, and of confirming, releasing and
 * expiring exactly one wins. The ledger's transactions and the events are written in the same transaction.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function endHolds(db: Database, key: string, wish: 'CONFIRMED' | 'RELEASED'): Promise<EndedHolds> {
  const read = valueOf(readText(key, 'key', MOST_KEY_LENGTH));
  return inTransaction(db, (tx) => (wish === 'CONFIRMED' ? confirmHolds(tx, read) : releaseHolds(tx, read)));
}
