import type { PriceChange } from '../domain/lists/price-change.ts';

interface PriceInput {
  readonly variantId: string;
  readonly minQuantity?: number | null | undefined;
  readonly amountMinor?: number | null | undefined;
  readonly amountMicros?: number | null | undefined;
  readonly compareAtMinor?: number | null | undefined;
}

/** A price as clients send it, absent or null alike. */
export const toPriceChange = (price: PriceInput): PriceChange => ({
  variantId: price.variantId,
  minQuantity: price.minQuantity ?? 1,
  amountMinor: price.amountMinor ?? null,
  amountMicros: price.amountMicros ?? 0,
  compareAtMinor: price.compareAtMinor ?? null,
});
