import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { busy, idempotencyKeyReused, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { buyerOf, holdsCart, scopeOf } from '../access.ts';
import { sha256 } from '../cart-tokens.ts';
import { findCart } from '../data/carts.ts';
import { type CheckoutKey, claimCart, findCheckoutByKey, insertRefusal, takeLease } from '../data/checkouts.ts';
import { findChannel } from '../data/projections.ts';
import type { Orders } from '../dependencies.ts';
import type { FilledCart } from '../domain/cart.ts';
import { canonicalInput, type CheckoutFields, inputFault, toRequest } from '../domain/checkout-input.ts';
import type { CheckoutState } from '../domain/checkout.ts';
import { checkoutInvalid } from '../domain/outcome.ts';
import { advanceCheckout, newOwner } from './advance-checkout.ts';
import { decided, type Outcome, undecided } from './checkout-outcome.ts';
import { prepareCheckout } from './prepare-checkout.ts';

/** How long a repeated call waits for the first one. */
const WAIT_MS = 8_000;
const POLL_MS = 50;
/** How often a cart may change between its pricing and its claim. */
const MAX_CLAIMS = 3;
const BUSY_MS = 500;

/** A call that is allowed and well formed. */
interface Intent {
  readonly orders: Orders;
  readonly caller: Caller;
  readonly requestId: string;
  readonly input: CheckoutFields;
  readonly key: CheckoutKey;
  readonly requestHash: Uint8Array;
}

/**
 * Buys a cart, once per caller, channel and key. Calls that repeat one under way here get its answer; calls that repeat one
 * of another process wait for it. The caller's connection ending does not end the checkout.
 * @throws GraphQLError when prices or stock do not answer before anything was taken.
 */
export async function checkout(
  orders: Orders,
  caller: Caller,
  input: CheckoutFields,
  requestId: string,
): Promise<Outcome> {
  const fault = inputFault(input);
  if (fault) return fault;
  const cart = isId(input.cartId) ? await findCart(orders.db, input.cartId) : null;
  if (!cart || !holdsCart(caller, cart, input.token))
    return checkoutInvalid('CART_NOT_FOUND', 'There is no such cart, or the token is not its own.', [
      'input',
      'cartId',
    ]);

  // A guest is known by nothing but the cart: the scope of the key is the cart itself.
  const callerScope = caller.role === 'guest' ? `cart:${cart.cartId}` : scopeOf(caller);
  const key = { callerScope, channel: cart.channel, keyHash: sha256(input.idempotencyKey) };
  const requestHash = sha256(canonicalInput(input));
  const name = `${callerScope} ${cart.channel} ${key.keyHash.toString('hex')} ${requestHash.toString('hex')}`;
  const underWay = orders.underWay.get(name);
  if (underWay) return underWay;
  const outcome = once({ orders, caller, requestId, input, key, requestHash }, cart).finally(() =>
    orders.underWay.delete(name),
  );
  orders.underWay.set(name, outcome);
  return outcome;
}

async function once(intent: Intent, first: FilledCart): Promise<Outcome> {
  let cart: FilledCart | null = first;
  for (let claims = 0; claims < MAX_CLAIMS && cart; claims += 1) {
    const outcome = (await repeated(intent)) ?? (await begin(intent, cart));
    if (outcome) return outcome;
    cart = await findCart(intent.orders.db, cart.cartId);
  }
  return busy('The cart', BUSY_MS);
}

/** The answer when the key was used before; null when it was not. */
async function repeated({ orders, key, requestHash, requestId }: Intent): Promise<Outcome | null> {
  const end = Date.now() + WAIT_MS;
  let state: CheckoutState | null = null;
  while (state === null || Date.now() < end) {
    const known = await findCheckoutByKey(orders.db, key);
    if (!known) return null;
    if (!requestHash.every((byte, index) => byte === known.requestHash[index])) return idempotencyKeyReused();
    const answer = decided(known);
    if (answer) return answer;
    const owner = newOwner();
    const leased = await takeLease(orders.db, known.checkoutId, owner);
    const outcome = leased && (await advanceCheckout(orders, leased, owner, requestId));
    if (outcome) return outcome;
    state = known.state;
    await pause(POLL_MS);
  }
  return undecided(state);
}

/** Prices, routes and claims a cart that no checkout of this key has, and goes on. @returns null when the cart changed meanwhile. */
async function begin(intent: Intent, cart: FilledCart): Promise<Outcome | null> {
  const { orders, caller, input, requestId, key, requestHash } = intent;
  const { expectedVersion } = input;
  if (cart.status === 'ORDERED')
    return checkoutInvalid('CART_ALREADY_ORDERED', 'This cart became an order already: make a new cart.', [
      'input',
      'cartId',
    ]);
  if (cart.status === 'MERGED')
    return checkoutInvalid('CART_MERGED', "This cart went into the customer's own at sign-in: check that one out.", [
      'input',
      'cartId',
    ]);
  if (cart.status === 'IN_CHECKOUT') return busy('The cart', BUSY_MS);
  if (expectedVersion != null && expectedVersion !== cart.version) return versionConflict('The cart', cart.version);

  const channel = await findChannel(orders.db, cart.channel);
  const request = toRequest(input, cart, {
    buyer: buyerOf(caller, cart),
    // Nobody knows a guest: the address is all there is.
    needsEmail: caller.role === 'guest',
    countries: channel?.countries ?? [],
  });
  if ('__typename' in request) return request;

  const prepared = await prepareCheckout(orders, { cart, request, input, requestId });
  const { cartId } = cart;
  if ('__typename' in prepared)
    return (await insertRefusal(orders.db, { ...key, cartId, requestHash }, prepared)) ? prepared : null;

  const { pricing, plans, promotions } = prepared;
  const owner = newOwner();
  const claim = {
    ...key,
    cartId,
    requestHash,
    request: { ...request, ...promotions },
    pricing,
    plans,
    owner,
    checkoutId: newId(),
    cartVersion: cart.version,
  };
  const leased = await claimCart(orders.db, claim);
  if (!leased) return null;
  orders.faults?.('claimed', leased.checkoutId);
  return (await advanceCheckout(orders, leased, owner, requestId)) ?? (await repeated(intent));
}
