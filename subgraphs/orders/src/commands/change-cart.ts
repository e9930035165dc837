import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { busy, invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { holdsCart } from '../access.ts';
import { findCart } from '../data/carts.ts';
import type { Orders } from '../dependencies.ts';
import type { FilledCart } from '../domain/cart.ts';

/** A cart that the caller wants to change. */
export interface CartChange {
  readonly cartId: string;
  readonly token?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

/** Why a cart was not changed. */
export type CartUnchanged = ReturnType<typeof notFound | typeof invalidInput | typeof versionConflict | typeof busy>;

/** What a change of a cart came to; the cart is read again by its id. */
export type CartChanged = { readonly __typename: 'CartUpdated'; readonly cartId: string } | CartUnchanged;

const BUSY_MS = 500;

/** The cart of a change that the caller may make; null when there is none or the caller does not hold it. */
export async function cartToChange(orders: Orders, caller: Caller, change: CartChange): Promise<FilledCart | null> {
  const cart = isId(change.cartId) ? await findCart(orders.db, change.cartId) : null;
  return cart && holdsCart(caller, cart, change.token) ? cart : null;
}

export const cartNotFound = () => notFound('There is no such cart, or the token is not its own.', ['input', 'cartId']);

/** Why a conditional change of a cart changed nothing: what the cart is now says it. */
export async function whyUnchanged(orders: Orders, { cartId, expectedVersion }: CartChange): Promise<CartUnchanged> {
  const cart = await findCart(orders.db, cartId);
  if (!cart) return cartNotFound();
  if (cart.status === 'ORDERED')
    return invalidInput('CART_ALREADY_ORDERED', 'This cart became an order already: make a new cart.', [
      'input',
      'cartId',
    ]);
  if (cart.status === 'MERGED')
    return invalidInput('CART_MERGED', "This cart went into the customer's own at sign-in: use that one.", [
      'input',
      'cartId',
    ]);
  if (cart.status === 'OPEN' && expectedVersion != null && expectedVersion !== cart.version)
    return versionConflict('The cart', cart.version);
  return busy('The cart', BUSY_MS);
}
