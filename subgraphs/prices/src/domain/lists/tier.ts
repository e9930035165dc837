import type { PriceRow } from './price-list.ts';

/** The price that holds for a quantity: that of the largest `minQuantity` that is reached; null when none is. @param rows by quantity ascending */
export function tierOf(rows: readonly PriceRow[], quantity: number): PriceRow | null {
  for (let index = rows.length - 1; index >= 0; index -= 1)
    if (rows[index]!.minQuantity <= quantity) return rows[index]!;
  return null;
}
