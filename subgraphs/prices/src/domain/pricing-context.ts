/** Who buys, as far as prices depend on it. All null for a guest. */
export interface Buyer {
  readonly customerId: string | null;
  readonly companyId: string | null;
  readonly companyLocationId: string | null;
  /** Codes of groups and segments, in order. */
  readonly groups: readonly string[];
}

/** In what a price is asked for; absent currency and country are the channel's defaults. */
export interface PriceScope {
  readonly channel: string;
  readonly currency: string | null;
  readonly country: string | null;
  /** State or province as ISO 3166-2 has it behind the country, such as `CA`. */
  readonly region: string | null;
  readonly buyer: Buyer;
}

/** The context as the channel completes it, at a moment of the database's clock. */
export interface PricingContext {
  readonly channel: string;
  readonly currency: string;
  readonly country: string;
  readonly region: string | null;
  readonly buyer: Buyer;
  /** Whether the channel sells in the currency. */
  readonly isSold: boolean;
  /** The database's clock when the prices were read: microseconds since the epoch, as text. The revision of every answer. */
  readonly asOf: string;
  /** The same moment, in milliseconds. */
  readonly now: Date;
  /** Whether the buyer's location pays no tax in the country now. */
  readonly isExempt: boolean;
  /** The price list that the buyer's company location names. */
  readonly assignedList: string | null;
}

export const ANYBODY: Buyer = { customerId: null, companyId: null, companyLocationId: null, groups: [] };
