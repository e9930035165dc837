import type { Caller } from './auth/caller.ts';

/** A word for a quantity. */
export type AvailabilityStatus = 'IN_STOCK' | 'LOW' | 'OUT';

/** So many units or fewer are told as few. */
const LOW_UP_TO = 5;
/** What shoppers are told at most: exact counts of large stocks are for those who run the business. */
const PUBLIC_MAXIMUM = 999;

/** The word for a quantity that a channel can sell, before it is capped for anybody. */
export function availabilityStatus(sellableQuantity: number): AvailabilityStatus {
  if (sellableQuantity <= 0) return 'OUT';
  return sellableQuantity <= LOW_UP_TO ? 'LOW' : 'IN_STOCK';
}

/** The quantity that a caller is told: guests and customers see at most 999. */
export const publicQuantity = (caller: Caller, sellableQuantity: number): number =>
  caller.role === 'guest' || caller.role === 'customer' ? Math.min(sellableQuantity, PUBLIC_MAXIMUM) : sellableQuantity;
