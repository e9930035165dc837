import type { CartLine } from './quote.ts';

/** Quantities by variant, in the order of their ids: a tier applies to all that is bought of a variant, on however many lines it stands. */
export function cartQuantities(lines: readonly CartLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return new Map([...sums].sort(([left], [right]) => (left < right ? -1 : 1)));
}
