/** A product of a channel with all of its variants. */
export interface ProductVariants {
  readonly productId: string;
  readonly variantIds: readonly string[];
}

/** What a guest pays for one unit of a variant, with tax. */
export interface VariantPrice {
  readonly variantId: string;
  readonly currency: string;
  readonly grossMinor: number;
}

/** The lowest and the highest price of a product in a currency. */
export interface PriceBounds {
  readonly currency: string;
  readonly minMinor: number;
  readonly maxMinor: number;
}

/** The bounds of prices, by currency in the order of its code; empty when there is no price. */
export function priceBounds(prices: readonly VariantPrice[]): PriceBounds[] {
  const bounds = new Map<string, PriceBounds>();
  for (const { currency, grossMinor } of prices) {
    const known = bounds.get(currency);
    bounds.set(currency, {
      currency,
      minMinor: Math.min(known?.minMinor ?? grossMinor, grossMinor),
      maxMinor: Math.max(known?.maxMinor ?? grossMinor, grossMinor),
    });
  }
  return [...bounds.values()].sort((one, other) => (one.currency < other.currency ? -1 : 1));
}
