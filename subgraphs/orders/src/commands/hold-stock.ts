import { failCheckout, moveCheckout } from '../data/checkouts.ts';
import { type Checkout, reservationKey } from '../domain/checkout.ts';
import { checkoutInvalid, type Failure, outOfStock } from '../domain/outcome.ts';
import { askCandidates, releaseReservation, reserve } from '../peers/stock.ts';
import { Postponed, type Run, type Step, stepTo } from './run.ts';
import { isRouted, routeCart } from './prepare-checkout.ts';

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
      // Units of it were lost to a count or damage since: what is left is given back before it is held anew.
      if (answer.status === 'SHORTED') await releaseReservation(run.orders.peers.stock, run.requestId, key);
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
      // Others were faster at the places that were planned; there may be more elsewhere.
      if (checkout.reservationAttempt < MAX_HOLDS) return holdAgain(run, checkout);
      return refuse(run, checkout, outOfStock(answer.variants));
    case 'StockBusy':
      throw new Postponed('stock is busy');
    case 'ReservationKeyReused':
      throw new Error(`stock holds something else under ${key}`);
  }
}

/** Plans anew, since stock has changed, and holds under the next key. Nothing is held under the one before. */
export async function holdAgain(run: Run, checkout: Checkout): Promise<Step> {
  if (checkout.reservationAttempt >= MAX_HOLDS) return refuse(run, checkout, tookTooLong());
  const { stock } = run.orders.peers;
  const { lines } = checkout.pricing;
  const variantIds = lines.map((line) => line.variantId);
  const plans = routeCart(
    lines,
    await askCandidates(stock, run.requestId, checkout.channel, variantIds),
    checkout.request,
  );
  if (!isRouted(plans)) return refuse(run, checkout, plans);
  const reservationAttempt = checkout.reservationAttempt + 1;
  return stepTo(run, checkout, { to: checkout.state, reservation: null, reservationAttempt, plans });
}

/** Ends a checkout for which no stock is held; one that got further gives back what else it took first. */
async function refuse(run: Run, checkout: Checkout, result: Failure): Promise<Step> {
  // What costs nothing has no payment, and may hold promotions and budgets all the same.
  if (checkout.state !== 'routed') return stepTo(run, checkout, { to: 'compensating', result });
  if (!(await failCheckout(run.orders.db, checkout, run.owner, result))) return { next: null };
  return { outcome: result, dueInS: null };
}

/** A process that stood still may hold stock for a checkout that another one has ended meanwhile. */
async function releaseIfFailed(run: Run, checkout: Checkout, key: string): Promise<void> {
  if ((await run.stateOf(checkout)) === 'failed') await releaseReservation(run.orders.peers.stock, run.requestId, key);
}
