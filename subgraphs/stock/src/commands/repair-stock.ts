import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { repairDeadlines, repairVariant, type Chunk, type Difference, type Repair } from '../data/verification.ts';
import { compareStock } from './verify-stock.ts';

/** What a repair did. */
export interface StockRepair {
  /** Under which it stands in `ledger_repairs`, and as `repair:…` in the ledger. */
  readonly repairId: string;
  readonly repairedVariants: number;
  readonly repairedReservations: number;
}

/** How a difference is repaired, for people; null for one that cannot be. */
export function remedyOf({ what, state, expected, actual }: Difference): string | null {
  const units = Math.abs(expected - actual);
  switch (what) {
    case 'LEVEL':
      // Without the entries that are missing nobody knows what is there.
      return expected < 0 ? null : `set the level back to the ledger's ${expected}`;
    case 'LINES':
      if (actual < 0) return null;
      return actual > expected
        ? `book ${units} ${state} → AVAILABLE`
        : `book up to ${units} AVAILABLE → ${state}; short the newest reservations for the rest`;
    case 'VERSION':
      return actual < expected ? `count on from version ${expected}` : null;
    case 'GAP':
      return null;
    case 'SOLD_AHEAD':
      return `note ${expected} units as sold ahead`;
    case 'USAGE':
      return 'note that nothing was consumed';
    case 'DEADLINE':
      return expected === 1 ? 'give the hold its deadline' : 'remove a deadline that no hold has';
  }
}

/**
 * Repairs what a verification finds, variant by variant, each in a transaction of its own, so that one that is broken off and repeated
 * goes on. History is never edited: see `stock.repair_variant`. Verify again afterwards: what cannot be repaired is still there.
 * @param options.variantId only this one; null for all.
 */
export async function repairStock(
  db: Database,
  options: { readonly variantId: string | null; readonly reason: string; readonly repairedBy: string },
): Promise<StockRepair> {
  const { variantId, reason, repairedBy } = options;
  const repair: Repair = { repairId: newId(), reason, repairedBy };
  let repairedVariants = 0;
  let repairedReservations = 0;
  for await (const { differences } of compareStock(db, variantId)) {
    for (const id of subjects(differences, 'variantId')) if (await repairVariant(db, id, repair)) repairedVariants += 1;
    const reservations = subjects(differences, 'reservationId');
    if (reservations.length > 0) repairedReservations += await repairDeadlines(db, reservations, repair);
  }
  return { repairId: repair.repairId, repairedVariants, repairedReservations };
}

const subjects = (differences: Chunk['differences'], key: 'variantId' | 'reservationId'): string[] => [
  ...new Set(differences.map((difference) => difference[key]).filter((id) => id !== null)),
];
