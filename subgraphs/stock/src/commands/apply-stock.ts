import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { completed, faultOf, operationText, type StockOperation } from '../domain/stock-operation.ts';
import { changeStock, type StockChange } from './change-stock.ts';

/** Variants that one call works on at the same time. */
const CONCURRENCY = 4;
/** Operations of one call. */
export const MAX_OPERATIONS = 500;

type Line = readonly [index: number, operation: StockOperation];

/**
 * Does many operations, each for itself, those on one variant in the order given; repeating the call repeats the answers of what was
 * done and tries the rest. A line behind one of its variant that found it busy is not tried, since it must not overtake.
 * @param operations at most 500. @param signal when the caller is gone what is left is not tried. @returns aligned with the operations.
 */
export async function applyStock(
  db: Database,
  caller: Caller,
  operations: readonly StockOperation[],
  signal?: AbortSignal,
): Promise<StockChange[]> {
  const changes = Array.from<StockChange>({ length: operations.length });
  const reused = new Set(reusedKeys(operations));
  const groups = [...Map.groupBy(operations.entries(), ([, { variantId }]) => variantId.toLowerCase()).values()];
  const waiting = groups.values();
  let failed = false;

  const inOrder = async (lines: readonly Line[]): Promise<void> => {
    let busy: StockChange | null = null;
    for (const [index, operation] of lines) {
      if (failed) return;
      signal?.throwIfAborted();
      const change: StockChange =
        busy ?? (reused.has(index) ? { kind: 'keyReused' } : await changeStock(db, caller, operation));
      if (change.kind === 'busy') busy = change;
      changes[index] = change;
    }
  };
  const work = async (): Promise<void> => {
    try {
      for (const lines of waiting) await inOrder(lines);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return changes;
}

/** Lines whose key an earlier line has for something else: which of the two came first must not depend on which is done first. */
function reusedKeys(operations: readonly StockOperation[]): number[] {
  const contents = new Map<string, string>();
  return operations.flatMap((operation, index) => {
    if (faultOf(operation)) return [];
    const content = operationText(completed(operation));
    const earlier = contents.get(operation.idempotencyKey);
    if (earlier === undefined) contents.set(operation.idempotencyKey, content);
    return earlier === undefined || earlier === content ? [] : [index];
  });
}
