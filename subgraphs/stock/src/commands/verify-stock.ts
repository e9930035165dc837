import type { Database } from '@kontor/kit/src/database.ts';
import {
  compareDeadlines,
  compareReservations,
  compareReservationsOf,
  compareVariant,
  compareVariants,
  countVariants,
  FIRST_ID,
  type Chunk,
  type Difference,
} from '../data/verification.ts';

/** What a verification found. */
export interface StockVerification {
  readonly variantCount: number;
  /** (variant, location) pairs that were compared. */
  readonly levelCount: number;
  readonly differenceCount: number;
  /** The first ones, 100 at most. */
  readonly differences: readonly Difference[];
}

const SHOWN = 100;

/** Part by part, each one snapshot: all variants, then all reservations, then all deadlines; or those of one variant. */
export async function* compareStock(db: Database, variantId: string | null): AsyncGenerator<Chunk> {
  if (variantId !== null) {
    yield await compareVariant(db, variantId);
    yield await compareReservationsOf(db, variantId);
    return;
  }
  yield* follow((from) => compareVariants(db, from));
  yield* follow((from) => compareReservations(db, from));
  yield await compareDeadlines(db);
}

async function* follow(compare: (from: string) => Promise<Chunk>): AsyncGenerator<Chunk> {
  for (let from: string | null = FIRST_ID; from !== null;) {
    const chunk: Chunk = await compare(from);
    yield chunk;
    from = chunk.next;
  }
}

/**
 * Rebuilds everything that is projected from the ledger and from reservations, and compares. Right while others book: what a command
 * changes it changes in one transaction, and each part is compared in one snapshot.
 * @param options.variantId only this one; null for all. @param options.onProgress told of variants that were compared, and of how many there are.
 */
export async function verifyStock(
  db: Database,
  options: {
    readonly variantId: string | null;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<StockVerification> {
  const { variantId, onProgress } = options;
  const total = variantId === null ? await countVariants(db) : 1;
  const differences: Difference[] = [];
  let variantCount = 0;
  let levelCount = 0;
  let differenceCount = 0;
  for await (const chunk of compareStock(db, variantId)) {
    variantCount += chunk.variantCount;
    levelCount += chunk.levelCount;
    differenceCount += chunk.differenceCount;
    differences.push(...chunk.differences.slice(0, SHOWN - differences.length));
    onProgress?.(Math.min(variantCount, total), total);
  }
  return { variantCount, levelCount, differenceCount, differences };
}
