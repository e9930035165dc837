import { ImportFault, type ImportItem } from '@kontor/products/src/import/import-item.ts';

/** Products a call, as many as it takes: each statement of a call costs its planning, however few they are. */
const BATCH = 500;
/** So that the prices and levels of a batch fit into one call of at most 5,000 each. */
const BATCH_VARIANTS = 2_000;
/** So that batches under way stay small in memory, however large their products are. */
const BATCH_CHARACTERS = 4_000_000;

/** Items that are written together, and why nothing comes behind them, where that is no end of file. */
export interface ImportBatch {
  readonly items: readonly ImportItem[];
  readonly fault: ImportFault | null;
}

/**
 * Gathers items into batches, in order. Those that need what stands before them get batches of their own. A fault of the file ends the last batch
 * instead of losing what was read before it.
 * @param firstLine items that begin before it are passed over.
 */
export async function* batchesOf(items: AsyncIterable<ImportItem>, firstLine: number): AsyncGenerator<ImportBatch> {
  let batch: ImportItem[] = [];
  let variants = 0;
  let characters = 0;
  try {
    for await (const item of items) {
      if (item.line < firstLine) continue;
      const isFull = batch.length === BATCH || variants >= BATCH_VARIANTS || characters >= BATCH_CHARACTERS;
      if (batch.length > 0 && (isFull || batch[0]!.isLater !== item.isLater)) {
        yield { items: batch, fault: null };
        batch = [];
        variants = 0;
        characters = 0;
      }
      batch.push(item);
      variants += item.product?.variants.length ?? 0;
      for (const { cells } of item.rows) for (const cell of cells) characters += cell.length;
    }
  } catch (error) {
    if (!(error instanceof ImportFault)) throw error;
    yield { items: batch, fault: error };
    return;
  }
  if (batch.length > 0) yield { items: batch, fault: null };
}
