import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { actsBeyond, actsOn } from '@kontor/kit/src/auth/policy.ts';
import { matchesToken } from './cart-tokens.ts';
import type { Buyer } from './domain/buyer.ts';
import type { Cart } from './domain/cart.ts';

/** Whose idempotency keys a caller's are. All guests of a channel are one caller: their keys must be unguessable. */
export const scopeOf = (caller: Caller): string => `${caller.role}:${caller.customerId ?? caller.subject}`;

/**
 * Whether a caller may change a cart: its customer, or whoever shows the token that its maker got. The cart must be of the
 * caller's channel, since the channel decides on prices and stock.
 */
export const holdsCart = (caller: Caller, cart: Cart, token: string | null | undefined): boolean =>
  (caller.channel === null || caller.channel === cart.channel) &&
  (cart.customerId !== null
    ? caller.customerId === cart.customerId || caller.customerId === cart.madeAs
    : matchesToken(token, cart.tokenHash));

/** Whether a caller may read a cart or an order: besides who holds it, its customer in any channel, and staff. */
export const mayRead = (
  caller: Caller,
  owned: { readonly customerId: string | null; readonly tokenHash: Uint8Array | null },
  token: string | null | undefined,
): boolean => actsOn(caller, owned.customerId, 'Order') || matchesToken(token, owned.tokenHash);

/** Whether a caller may list the orders of a customer. */
export const mayListOrders = (caller: Caller, customerId: string): boolean =>
  actsOn(caller, customerId, 'Customer.orders');

/** Whether a caller may know what is the matter with orders. */
export const mayReadExceptions = (caller: Caller): boolean => actsBeyond(caller, 'Order.exception');

/**
 * Who buys a cart: its customer, else whoever has it. Company and groups are known of the caller alone, so that somebody else's cart, as staff
 * read it, is priced without them: for whom somebody buys is none of the reader's business.
 */
export function buyerOf(caller: Caller, cart: Cart): Buyer {
  const customerId = cart.customerId ?? caller.customerId ?? null;
  const isOwn =
    caller.customerId !== undefined && (caller.customerId === customerId || caller.customerId === cart.madeAs);
  if (!isOwn) return { customerId, companyId: null, companyLocationId: null, groups: [] };
  const { companyId = null, companyLocationId = null, groups = [] } = caller;
  return { customerId, companyId, companyLocationId, groups };
}
