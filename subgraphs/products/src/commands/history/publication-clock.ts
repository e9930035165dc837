import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { touchProducts } from '../../data/product-writes.ts';
import { findDueProductIds, lockIdleProductIds, refreshLive } from '../../data/publications.ts';
import { serviceAuthor } from '../../domain/author.ts';
import { announceProducts } from '../product-events.ts';

/** Products in one transaction. */
const BATCH = 100;

/**
 * Begins and ends the publications whose time has come by the database's clock, and tells others. Any number of processes do it at once: a
 * product that somebody else is at is passed by until the next turn, and who comes second finds that nothing is due any more. What breaks
 * off leaves everything as it was.
 * @param reach as `findDueProductIds`. @returns how many products changed
 */
export async function publishDue(
  db: Database,
  reach: 'lately' | 'ever' = 'ever',
  isStopping: () => boolean = () => false,
): Promise<number> {
  let total = 0;
  while (!isStopping()) {
    const due = await findDueProductIds(db.orm, reach, BATCH);
    if (due.length === 0) break;
    const changed = await inTransaction(db, async (tx) => {
      const productIds = await refreshLive(tx, await lockIdleProductIds(tx, due));
      await touchProducts(tx, productIds);
      await announceProducts(tx, productIds, serviceAuthor('publicationDue'));
      return productIds.length;
    });
    total += changed;
    // The rest is being changed by others.
    if (changed === 0) break;
  }
  return total;
}
