import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { sha256 } from '../cart-tokens.ts';
import { findCart, findOpenCartId, giveCart, lockCarts, pourCart } from '../data/carts.ts';
import type { Orders } from '../dependencies.ts';
import { MAX_CODES } from '../domain/cart-codes.ts';
import { MAX_CART_LINES, MAX_QUANTITY } from '../domain/cart.ts';
import { type CartChanged, cartNotFound, whyUnchanged } from './change-cart.ts';

/** The cart that a guest filled, and the guest's right to it. */
export interface GuestCart {
  readonly cartId: string;
  readonly token: string;
}

/** What a line and a cart may have at most when two carts become one. */
const MOST = { maxQuantity: MAX_QUANTITY, maxCodes: MAX_CODES };

class TooManyLines extends Error {}

/**
 * Brings the cart that somebody filled as a guest to the customer who they turned out to be: into the cart that is open in the channel, or
 * as that cart when there is none. Quantities of one variant are added. Repeating the call answers the same cart.
 */
export async function mergeCart(orders: Orders, caller: Caller, { cartId, token }: GuestCart): Promise<CartChanged> {
  const { customerId } = caller;
  const guest = isId(cartId) ? await findCart(orders.db, cartId) : null;
  if (!guest || customerId === undefined || guest.channel !== caller.channel) return cartNotFound();
  if (guest.customerId === customerId) return { __typename: 'CartUpdated', cartId: guest.cartId };
  if (!guest.tokenHash || !sha256(token).equals(guest.tokenHash)) return cartNotFound();
  if (guest.mergedInto !== null) return repeated(orders, customerId, guest.mergedInto);

  const { channel, currency } = guest;
  try {
    const merged = await inTransaction(orders.db, async (tx) => {
      const own = await findOpenCartId(tx, { customerId, channel, currency });
      const open = await lockCarts(tx, own === null ? [guest.cartId] : [guest.cartId, own], customerId);
      if (!open.has(guest.cartId)) return null;
      // A cart that is just being checked out is left alone: the guest's becomes the next one.
      if (own === null || !open.has(own)) {
        await giveCart(tx, guest.cartId, customerId);
        return guest.cartId;
      }
      if ((await pourCart(tx, guest.cartId, own, MOST)) > MAX_CART_LINES) throw new TooManyLines();
      return own;
    });
    if (merged !== null) return { __typename: 'CartUpdated', cartId: merged };
    const now = await findCart(orders.db, cartId);
    if (now?.customerId === customerId) return { __typename: 'CartUpdated', cartId: now.cartId };
    return now?.mergedInto
      ? await repeated(orders, customerId, now.mergedInto)
      : await whyUnchanged(orders, { cartId });
  } catch (error) {
    if (error instanceof TooManyLines)
      return invalidInput('TOO_MANY_LINES', `Together the carts have more than ${MAX_CART_LINES} lines: remove some.`, [
        'input',
        'cartId',
      ]);
    throw error;
  }
}

/** Whoever shows the token of a cart that went into somebody else's learns nothing of that one. */
async function repeated(orders: Orders, customerId: string, cartId: string): Promise<CartChanged> {
  const cart = await findCart(orders.db, cartId);
  return cart?.customerId === customerId ? { __typename: 'CartUpdated', cartId } : cartNotFound();
}
