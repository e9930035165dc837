import { failCheckout } from '../data/checkouts.ts';
import {
  type Checkout,
  type CheckoutPayment,
  holdKey,
  holdsPromotions,
  mayHold,
  paymentKey,
  reservationKey,
} from '../domain/checkout.ts';
import { releaseHolds } from '../peers/customers.ts';
import { releasePromotions } from '../peers/prices.ts';
import { releaseReservation } from '../peers/stock.ts';
import { Postponed, type Run, type Step } from './run.ts';

/**
 * Gives back what a checkout took, payment first, and ends it with the result that is kept already. All of it is harmless to
 * repeat, so that the resumer finishes what a crash interrupts.
 */
export async function compensateCheckout(run: Run, checkout: Checkout): Promise<Step> {
  const { result, payment } = checkout;
  if (!result) throw new Error(`checkout ${checkout.checkoutId} is compensated without a reason`);
  if (payment || mayHold(checkout.request)) {
    await giveBack(run, checkout, payment);
    run.reached('cancel-answered');
  }
  if (holdsPromotions(checkout.request)) {
    await releasePromotions(run.orders.peers.prices, run.requestId, holdKey(checkout.checkoutId));
    run.reached('promotions-released');
  }
  const key = reservationKey(checkout.checkoutId, checkout.reservationAttempt);
  await releaseReservation(run.orders.peers.stock, run.requestId, key);
  run.reached('release-answered');
  if (!(await failCheckout(run.orders.db, checkout, run.owner, result))) return { next: null };
  return { outcome: result, dueInS: null };
}

/** Gives back what is held of the buyer: on the card, and what customers holds under the checkout's key. @throws Postponed */
export async function giveBack(run: Run, checkout: Checkout, payment: CheckoutPayment | null): Promise<void> {
  const { payments, peers } = run.orders;
  const onCard = payment && (payment.tender ?? 'CARD') === 'CARD';
  if (onCard && !(await payments.cancel(payment.intentId, paymentKey(checkout.checkoutId, 'cancel'))))
    throw new Postponed('the payment provider has not cancelled yet');
  if (mayHold(checkout.request)) await releaseHolds(peers.customers, run.requestId, holdKey(checkout.checkoutId));
}
