import type { PriceChange } from '../domain/price-change.ts';

interface PriceInput {
  readonly variantId: string;
  readonly amountMinor?: number | null | undefined;
  readonly compareAtMinor?: number | null | undefined;
}

/** A price as clients send it, absent or null alike. */
export const toPriceChange = ({ variantId, amountMinor, compareAtMinor }: PriceInput): PriceChange => ({
  variantId,
  amountMinor: amountMinor ?? null,
  compareAtMinor: compareAtMinor ?? null,
});
