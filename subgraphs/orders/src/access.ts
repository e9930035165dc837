import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { actsBeyond, actsOn } from '@kontor/kit/src/auth/policy.ts';
import { matchesToken } from './cart-tokens.ts';
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
