import { failCheckout } from '../data/checkouts.ts';
import { type Checkout, paymentKey, reservationKey } from '../domain/checkout.ts';
import { releaseReservation } from '../peers/stock.ts';
import { Postponed, type Run, type Step } from './run.ts';

/**
 * Gives back what a checkout took, payment first, and ends it with the result that is kept already. Both are harmless to
 * repeat, so that the resumer finishes what a crash interrupts.
 */
export async function compensateCheckout(run: Run, checkout: Checkout): Promise<Step> {
  const { result, payment } = checkout;
  if (!result) throw new Error(`checkout ${checkout.checkoutId} is compensated without a reason`);
  if (payment) {
    const cancelled = await run.orders.payments.cancel(payment.intentId, paymentKey(checkout.checkoutId, 'cancel'));
    run.reached('cancel-answered');
    if (!cancelled) throw new Postponed('the payment provider has not cancelled yet');
  }
  const key = reservationKey(checkout.checkoutId, checkout.reservationAttempt);
  await releaseReservation(run.orders.peers.stock, run.requestId, key);
  run.reached('release-answered');
  if (!(await failCheckout(run.orders.db, checkout, run.owner, result))) return { next: null };
  return { outcome: result, dueInS: null };
}
