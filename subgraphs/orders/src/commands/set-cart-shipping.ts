import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { buyerOf } from '../access.ts';
import { writeCartShipping } from '../data/carts.ts';
import type { Orders } from '../dependencies.ts';
import { askQuote, questionOfCart } from '../peers/prices.ts';
import { type CartChange, type CartChanged, cartNotFound, cartToChange, whyUnchanged } from './change-cart.ts';

const PATH = ['input', 'shippingOptionId'];

/**
 * Sets how a cart is sent, among what prices offers for what is in it and where it goes; null leaves it to the first that is offered.
 * @throws GraphQLError when prices does not answer for an option.
 */
export async function setCartShipping(
  orders: Orders,
  caller: Caller,
  change: CartChange & { readonly shippingOptionId?: string | null | undefined },
  requestId: string,
): Promise<CartChanged> {
  const cart = await cartToChange(orders, caller, change);
  if (!cart) return cartNotFound();
  const wanted = change.shippingOptionId ?? null;
  if (wanted !== null) {
    if (cart.lines.length === 0)
      return invalidInput(
        'CART_EMPTY',
        'What is offered depends on what is in the cart: put something in first.',
        PATH,
      );
    const question = { ...questionOfCart(cart, buyerOf(caller, cart)), shippingOptionCode: null };
    const { shippingOptions } = await askQuote(orders.peers.prices, requestId, question);
    if (!shippingOptions.some(({ code }) => code === wanted))
      return invalidInput(
        'SHIPPING_OPTION_UNKNOWN',
        'This way of sending is not offered for what is in the cart and where it goes.',
        PATH,
      );
  }
  const changed = await writeCartShipping(orders.db, cart.cartId, change.expectedVersion ?? null, wanted);
  return changed ? { __typename: 'CartUpdated', cartId: cart.cartId } : whyUnchanged(orders, change);
}
