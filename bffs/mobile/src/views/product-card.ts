import type { CardPartsFragment } from '../generated/upstream.ts';

type Variant = NonNullable<CardPartsFragment['variants']>[number];
type Price = NonNullable<Variant['price']>;

/** The lowest gross price of variants that have one; the first of several that are as low. */
export function lowestPrice(variants: readonly Pick<Variant, 'price'>[]): Price | null {
  let lowest: Price | null = null;
  for (const { price } of variants)
    if (price && (lowest === null || price.gross.minorUnits < lowest.gross.minorUnits)) lowest = price;
  return lowest;
}

/** Whether some variant can be bought; null when none is known to be, and not all are known. */
export function isInStock(variants: readonly Pick<Variant, 'availability'>[]): boolean | null {
  if (variants.some(({ availability }) => availability && availability.status !== 'OUT')) return true;
  return variants.some(({ availability }) => !availability) ? null : false;
}
