import { failCheckout, moveCheckout } from '../data/checkouts.ts';
import { type Checkout, reservationKey } from '../domain/checkout.ts';
import { checkoutInvalid, outOfStock } from '../domain/outcome.ts';
import type { Shortage } from '../domain/routing.ts';
import { askCandidates, releaseReservation, reserve } from '../peers/stock.ts';
import { Postponed, type Run, type Step, stepTo } from './run.ts';
import { routeCart } from './prepare-checkout.ts';

/** Nobody waits so long for an order: what is not paid then is given up, what is paid is given back. */
export const GIVE_UP_AFTER_S = 1_800;
/** How many holds may expire under one checkout before it is given up. */
const MAX_HOLDS = 3;

/** The answer for a shopper whose checkout took too long. */
export const tookTooLong = () =>
  checkoutInvalid('CHECKOUT_EXPIRED', 'The checkout took too long and nothing was taken. Repeat with a new key.', null);

/**
 * Holds stock on the first plan that can. An expired hold is never revived: the next one has a key of its own, which is kept
 * before stock hears of it, so that no crash leaves a hold that nobody knows.
 */
export async function holdStock(run: Run, checkout: Checkout): Promise<Step> {
  const paid = checkout.state === 'authorized';
  if (!paid && checkout.ageS > GIVE_UP_AFTER_S)
    return stepTo(run, checkout, { to: 'compensating', result: tookTooLong() });
  const key = reservationKey(checkout.checkoutId, checkout.reservationAttempt);
  const answer = await reserve(run.orders.peers.stock, run.requestId, {
    key,
    channel: checkout.channel,
    plans: checkout.plans,
  });
  run.reached('reserve-answered');
  switch (answer.__typename) {
    case 'Reservation': {
      if (answer.status !== 'HELD' && answer.status !== 'COMMITTED') return holdAgain(run, checkout);
      const reservation = { key, allocations: answer.allocations };
      const next = await moveCheckout(run.orders.db, checkout, run.owner, {
        to: paid ? 'authorized' : 'reserved',
        reservation,
      });
      if (!next) await releaseIfFailed(run, checkout, key);
      if (!paid) run.reached('reserved');
      return { next };
    }
    case 'InsufficientStock':
      return refuse(run, checkout, answer.variants);
    case 'StockBusy':
      throw new Postponed('stock is busy');
    case 'ReservationKeyReused':
      throw new Error(`stock holds something else under ${key}`);
  }
}

/** Ends a checkout that has taken nothing; a paid one gives its payment back first. */
async function refuse(run: Run, checkout: Checkout, short: readonly Shortage[]): Promise<Step> {
  const result = outOfStock(short);
  if (checkout.payment) return stepTo(run, checkout, { to: 'compensating', result });
  if (!(await failCheckout(run.orders.db, checkout, run.owner, result))) return { next: null };
  return { outcome: result, dueInS: null };
}

/** Plans anew, since stock has changed, and holds under the next key. */
export async function holdAgain(run: Run, checkout: Checkout): Promise<Step> {
  if (checkout.reservationAttempt >= MAX_HOLDS)
    return stepTo(run, checkout, { to: 'compensating', result: tookTooLong() });
  const { stock } = run.orders.peers;
  const { lines } = checkout.pricing;
  const candidates = await askCandidates(
    stock,
    run.requestId,
    checkout.channel,
    lines.map((line) => line.variantId),
  );
  const plans = routeCart(lines, candidates, checkout.request);
  if (!Array.isArray(plans)) return stepTo(run, checkout, { to: 'compensating', result: plans });
  const reservationAttempt = checkout.reservationAttempt + 1;
  return stepTo(run, checkout, { to: checkout.state, reservation: null, reservationAttempt, plans });
}

/** A process that stood still may hold stock for a checkout that another one has ended meanwhile. */
async function releaseIfFailed(run: Run, checkout: Checkout, key: string): Promise<void> {
  if ((await run.stateOf(checkout)) === 'failed') await releaseReservation(run.orders.peers.stock, run.requestId, key);
}
