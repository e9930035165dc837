import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { buyerOf } from '../access.ts';
import { countCodeAttempts, uncountCodeAttempts, writeCartCodes } from '../data/carts.ts';
import type { Orders } from '../dependencies.ts';
import { findCardNumber } from '../domain/card-number.ts';
import { isShapedLikeCode, isUnknownCode, MAX_CODES, MAX_UNKNOWN_CODES, normalCodes } from '../domain/cart-codes.ts';
import type { FilledCart } from '../domain/cart.ts';
import { askQuote, questionOfCart } from '../peers/prices.ts';
import { type CartChange, type CartUnchanged, cartNotFound, cartToChange, whyUnchanged } from './change-cart.ts';

/** What a change of codes came to; with the codes that nobody knows, in capitals. */
export type CodesChanged =
  | { readonly __typename: 'CartCodesUpdated'; readonly cartId: string; readonly unknown: readonly string[] }
  | CartUnchanged;

type CodesChange = CartChange & { readonly codes: readonly string[] };

const PATH = ['input', 'codes'];

/**
 * Sets the codes of a cart, the whole set of them. Those that are new are asked for before they are kept, so that a cart has no codes that nobody
 * knows; each counts as an attempt until it turns out to be known, so that nobody guesses codes by one cart, however many requests run at once.
 * @throws GraphQLError when prices does not answer for new codes; nothing is counted or changed then.
 */
export async function setCartCodes(
  orders: Orders,
  caller: Caller,
  change: CodesChange,
  requestId: string,
): Promise<CodesChanged> {
  const cardNumber = findCardNumber({ codes: change.codes }, ['input']);
  if (cardNumber)
    return invalidInput(
      'CARD_NUMBER_REFUSED',
      'This looks like a card number, which must never be sent here.',
      cardNumber,
    );
  const codes = normalCodes(change.codes);
  if (codes.length > MAX_CODES) return invalidInput('TOO_MANY_CODES', `A cart has at most ${MAX_CODES} codes.`, PATH);
  const cart = await cartToChange(orders, caller, change);
  if (!cart) return cartNotFound();

  const added = codes.filter((code) => isShapedLikeCode(code) && !cart.codes.includes(code));
  if (added.length > 0 && !(await countCodeAttempts(orders.db, cart.cartId, added.length, MAX_UNKNOWN_CODES)))
    return invalidInput(
      'TOO_MANY_ATTEMPTS',
      'Too many codes were tried that nobody knows. Try again in an hour, or without the new ones.',
      PATH,
    );
  const known = await knownCodes(orders, caller, cart, added, requestId);
  const kept = codes.filter((code) => cart.codes.includes(code) || known.includes(code));
  const expectedVersion = change.expectedVersion ?? null;
  if (!(await writeCartCodes(orders.db, cart.cartId, expectedVersion, kept, known.length))) {
    if (known.length > 0) await uncountCodeAttempts(orders.db, cart.cartId, known.length);
    return whyUnchanged(orders, change);
  }
  const unknown = codes.filter((code) => !kept.includes(code));
  return { __typename: 'CartCodesUpdated', cartId: cart.cartId, unknown };
}

/** Those of new codes that somebody knows, whether they give something in this cart or not. */
async function knownCodes(
  orders: Orders,
  caller: Caller,
  cart: FilledCart,
  added: readonly string[],
  requestId: string,
): Promise<string[]> {
  if (added.length === 0) return [];
  try {
    const question = { ...questionOfCart(cart, buyerOf(caller, cart)), codes: added };
    const { codes } = await askQuote(orders.peers.prices, requestId, question);
    return added.filter((_, index) => !isUnknownCode(codes[index]?.status ?? 'CODE_UNKNOWN'));
  } catch (error) {
    await uncountCodeAttempts(orders.db, cart.cartId, added.length);
    throw error;
  }
}
