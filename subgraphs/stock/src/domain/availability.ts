import { availabilityStatus } from '@kontor/kit/src/availability.ts';

/** What a channel can sell of a variant at one moment. */
export interface Availability {
  readonly variantId: string;
  /** Units over all locations of the channel. */
  readonly sellableQuantity: number;
  /** 0 when the variant never had stock. */
  readonly version: number;
  /** ISO 8601, or PostgreSQL's text of it. */
  readonly asOf: string;
}

/** Whether a quantity is told as few; none is low too. */
export const isLow = (sellableQuantity: number): boolean => availabilityStatus(sellableQuantity) !== 'IN_STOCK';

/** A change of a variant's stock, as the event `stock.availability.changed` tells it. */
export interface AvailabilityChange {
  readonly variantId: string;
  readonly version: number;
  /** Every location that has a row for the variant. */
  readonly levels: readonly { readonly locationId: string; readonly available: number }[];
  readonly asOf: string;
}

/** What a channel with these locations can sell after the change. */
export function availabilityAt(change: AvailabilityChange, locationIds: ReadonlySet<string>): Availability {
  let sellableQuantity = 0;
  for (const level of change.levels) if (locationIds.has(level.locationId)) sellableQuantity += level.available;
  return { variantId: change.variantId, sellableQuantity, version: change.version, asOf: change.asOf };
}
