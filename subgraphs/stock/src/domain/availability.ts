import { availabilityStatus } from '@kontor/kit/src/availability.ts';
import type { GeoPoint } from './geography.ts';

/** What a channel can sell of a variant at one moment. */
export interface Availability {
  readonly variantId: string;
  /** Units over all locations of the channel. */
  readonly sellableQuantity: number;
  /** 0 when the variant never had stock. */
  readonly version: number;
  /** ISO 8601, or PostgreSQL's text of it. */
  readonly asOf: string;
  /** Where the customer is, if somebody said so: the nearest places come first. */
  readonly destination?: GeoPoint;
}

/** Whether a quantity is told as few; none is low too. */
export const isLow = (sellableQuantity: number): boolean => availabilityStatus(sellableQuantity) !== 'IN_STOCK';

/** A change of variants' stock, as the event `stock.availability.changed` tells it. */
export interface AvailabilityChange {
  readonly asOf: string;
  readonly variants: readonly {
    readonly variantId: string;
    readonly version: number;
    /** Units by channel; a channel that is not there can sell none. */
    readonly sellable: Readonly<Record<string, number>>;
  }[];
}
