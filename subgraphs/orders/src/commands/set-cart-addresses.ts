import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { writeCartAddresses } from '../data/carts.ts';
import { findChannel } from '../data/projections.ts';
import type { Orders } from '../dependencies.ts';
import { type Address, type AddressFields, addressFault, toAddress } from '../domain/address.ts';
import { findCardNumber } from '../domain/card-number.ts';
import { type CartChange, type CartChanged, cartNotFound, cartToChange, whyUnchanged } from './change-cart.ts';

type AddressChange = CartChange & {
  readonly shippingAddress?: AddressFields | null | undefined;
  readonly billingAddress?: AddressFields | null | undefined;
};

/** Sets addresses of a cart, by one conditional update. The cart's country follows the shipping address, and its taxes that. */
export async function setCartAddresses(orders: Orders, caller: Caller, change: AddressChange): Promise<CartChanged> {
  const cardNumber = findCardNumber(change, ['input']);
  if (cardNumber)
    return invalidInput(
      'CARD_NUMBER_REFUSED',
      'This looks like a card number, which must never be sent here.',
      cardNumber,
    );
  const cart = await cartToChange(orders, caller, change);
  if (!cart) return cartNotFound();
  const shippingAddress = change.shippingAddress ? toAddress(change.shippingAddress) : null;
  const billingAddress = change.billingAddress ? toAddress(change.billingAddress) : null;
  const fault = faultOf(shippingAddress, 'shippingAddress') ?? faultOf(billingAddress, 'billingAddress');
  if (fault) return fault;
  if (shippingAddress) {
    const channel = await findChannel(orders.db, cart.channel);
    if (!channel?.countries.includes(shippingAddress.country))
      return invalidInput('COUNTRY_NOT_SERVED', `This channel does not deliver to ${shippingAddress.country}.`, [
        'input',
        'shippingAddress',
        'country',
      ]);
  }
  const changed = await writeCartAddresses(orders.db, cart.cartId, change.expectedVersion ?? null, {
    shippingAddress,
    billingAddress,
  });
  return changed ? { __typename: 'CartUpdated', cartId: cart.cartId } : whyUnchanged(orders, change);
}

function faultOf(address: Address | null, field: string) {
  const fault = address && addressFault(address);
  return fault ? invalidInput('ADDRESS_INVALID', fault.message, ['input', field, fault.field]) : null;
}
