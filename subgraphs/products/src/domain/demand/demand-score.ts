/** When scores begin, in milliseconds: nothing was sold before. */
const EPOCH_MS = Date.UTC(2020, 0, 1);
const HALF_LIFE_MS = 30 * 24 * 3_600_000;

/**
 * What one order at a moment adds, as a score: log2 of a weight that doubles every 30 days. Weights that grow with time instead of shrinking
 * with age keep their order without being touched ("forward decay", Cormode et al., ICDE 2009), and as logarithms they fit into a number.
 * @param placedAtMs what lies before 2020 counts as 2020.
 */
export const orderScore = (placedAtMs: number): number => Math.max(0, placedAtMs - EPOCH_MS) / HALF_LIFE_MS;

/** The score of two weights together. */
export function addScores(one: number, other: number): number {
  const high = Math.max(one, other);
  return high + Math.log2(1 + 2 ** (Math.min(one, other) - high));
}
