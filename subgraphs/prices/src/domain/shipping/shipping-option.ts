/** A way of sending, with what it costs where. As it is kept and cached. */
export interface ShippingOption {
  readonly code: string;
  readonly position: number;
  readonly version: number;
  readonly isActive: boolean;
  readonly name: string;
  /** By locale (BCP 47). */
  readonly names: Readonly<Record<string, string>>;
  /** Empty for all. */
  readonly channels: readonly string[];
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly taxCategory: string;
  /** The first zone that holds the destination decides; none: the option is not offered there. At most 50. */
  readonly zones: readonly ShippingZone[];
}

export interface ShippingZone {
  /** Empty for everywhere. */
  readonly countries: readonly string[];
  readonly regions: readonly string[];
  /** Postal codes begin with one of these; empty for all. */
  readonly postalPrefixes: readonly string[];
  readonly basis: 'FLAT' | 'WEIGHT' | 'TOTAL';
  /** Ascending; the last whose `from` (grams, or minor units of the goods after discounts) is reached; from 0 on. At most 50. */
  readonly brackets: readonly { readonly from: number; readonly amountMinor: number }[];
  /** Goods after discounts of at least this cost nothing to send. */
  readonly freeFromMinor: number | null;
  /** Heavier is not sent; null without end. */
  readonly maxGrams: number | null;
}
