import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { lockProductIds } from './data/publications.ts';
import { finishFilling, sortIn, takeBatchToFill, takeQueued } from './data/search/filling.ts';
import { refreshSearch } from './data/search/refresh.ts';

const EVERY_MS = 1_000;
const BATCH = 200;

/**
 * Starts what makes search documents anew for a reason that is not the products' own: a channel speaks another language, a product type changed.
 * In batches, from where the last one stopped, one process at a time. It also has the indexes sort in what was written.
 */
export function startSearchWorker({
  db,
  logger,
}: {
  readonly db: Database;
  readonly logger: Logger;
}): () => Promise<void> {
  return startRecurring({
    work: async (isStopping) => {
      while (!isStopping() && (await fillSearch(db)));
      await sortIn(db);
    },
    everyMs: EVERY_MS,
    atOnce: true,
    logger,
    onFailure: 'search documents are made anew in the next turn',
  });
}

/** Makes the documents of the next batch anew. @returns whether there may be more */
export async function fillSearch(db: Database): Promise<boolean> {
  const queued = await inTransaction(db, (tx) => refreshTaken(tx, takeQueued));
  if (queued > 0) return true;
  return inTransaction(db, async (tx) => {
    const batch = await takeBatchToFill(tx, BATCH);
    if (batch === null) return false;
    await refreshLocked(tx, batch.productIds);
    await finishFilling(tx, batch.productIds.at(-1) ?? null);
    return true;
  });
}

async function refreshTaken(tx: Tx, take: (tx: Tx, limit: number) => Promise<string[]>): Promise<number> {
  const productIds = await take(tx, BATCH);
  await refreshLocked(tx, productIds);
  return productIds.length;
}

async function refreshLocked(tx: Tx, productIds: readonly string[]): Promise<void> {
  await refreshSearch(tx, await lockProductIds(tx, productIds));
}
