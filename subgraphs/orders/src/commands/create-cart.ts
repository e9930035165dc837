import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { scopeOf } from '../access.ts';
import { sha256 } from '../cart-tokens.ts';
import { findCartByKey, insertCart } from '../data/carts.ts';
import { type ChannelProjection, findChannel, findPublishedVariants } from '../data/projections.ts';
import type { Orders } from '../dependencies.ts';
import { type LineChange, lineFault, MAX_CART_LINES } from '../domain/cart.ts';

/** A cart as a client wants it. */
export interface CartFields {
  readonly currency?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly lines?: readonly LineChange[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

const MAX_KEY_LENGTH = 255;

/**
 * Makes a cart in the caller's channel. The same key and input answer the same cart and token; all guests of a channel share
 * their keys, so that a guest's key must be unguessable, such as a UUIDv4.
 * @returns the id, and the token of a caller who is no customer.
 * @throws GraphQLError BAD_USER_INPUT for a fault of the input, since the payload has no branch for one.
 */
export async function createCart(
  orders: Orders,
  caller: Caller,
  input: CartFields,
): Promise<{ cartId: string; token: string | null }> {
  const channel = await findChannel(orders.db, channelOf({ caller }));
  if (!channel) throw requestFault('SERVICE_UNAVAILABLE', 'This channel is not known here yet: repeat in a moment.');
  const { currency, country } = contextOf(channel, input);
  const lines = await knownLines(orders, channel.code, input.lines ?? []);
  const key = input.idempotencyKey ?? null;
  if (key !== null && (key.length < 1 || key.length > MAX_KEY_LENGTH))
    throw badInput(`idempotencyKey must have 1 to ${MAX_KEY_LENGTH} characters.`, ['input', 'idempotencyKey']);

  const cartId = newId();
  const customerId = caller.customerId ?? null;
  const token = customerId === null ? await orders.cartTokens.make(cartId, key) : null;
  const requestHash = sha256(
    JSON.stringify([currency, country, lines.map(({ variantId, quantity }) => [variantId, quantity])]),
  );
  const scope = { callerScope: scopeOf(caller), channel: channel.code };
  const keyHash = key === null ? null : sha256(key);
  const cart = {
    cartId,
    ...scope,
    keyHash,
    currency,
    country,
    customerId,
    tokenHash: token === null ? null : sha256(token),
    requestHash,
    lines,
  };
  if (await insertCart(orders.db, cart)) return { cartId, token };

  const known = keyHash && (await findCartByKey(orders.db, { ...scope, keyHash }));
  if (!known) throw requestFault('SERVICE_UNAVAILABLE', 'The cart could not be made: repeat with the same key.');
  if (!requestHash.equals(known.requestHash))
    throw badInput('This idempotency key made another cart. Use a new key for a new cart.', [
      'input',
      'idempotencyKey',
    ]);
  return { cartId: known.cartId, token: customerId === null ? await orders.cartTokens.make(known.cartId, key) : null };
}

function contextOf(channel: ChannelProjection, input: CartFields): { currency: string; country: string } {
  const [currency = input.currency] = input.currency ? [input.currency] : channel.currencies;
  const [country = input.country] = input.country ? [input.country] : channel.countries;
  if (!currency || !channel.currencies.includes(currency))
    throw badInput(`This channel takes ${channel.currencies.join(', ')}.`, ['input', 'currency']);
  if (!country || !channel.countries.includes(country))
    throw badInput(`This channel delivers to ${channel.countries.join(', ')}.`, ['input', 'country']);
  return { currency, country };
}

async function knownLines(orders: Orders, channel: string, wanted: readonly LineChange[]) {
  if (wanted.length > MAX_CART_LINES) throw badInput(`A cart has at most ${MAX_CART_LINES} lines.`, ['input', 'lines']);
  const fault = lineFault(wanted);
  if (fault) throw badInput(`${fault.code}: ${fault.message}`, ['input', 'lines', String(fault.index), fault.field]);
  const lines = wanted
    .filter((line) => line.quantity > 0)
    .map(({ variantId, quantity }) => ({ lineId: newId(), variantId: variantId.toLowerCase(), quantity }));
  const known = await findPublishedVariants(orders.db, channel, lines.map((line) => line.variantId).filter(isId));
  const unknown = lines.find((line) => !known.has(line.variantId));
  if (unknown) {
    const index = wanted.findIndex((line) => line.variantId.toLowerCase() === unknown.variantId);
    throw badInput('UNKNOWN_VARIANT: this channel does not sell the variant.', [
      'input',
      'lines',
      String(index),
      'variantId',
    ]);
  }
  return lines;
}
