import { newId } from '@kontor/kit/src/ids.ts';
import { findCheckoutState, releaseLease } from '../data/checkouts.ts';
import { type Orders, ProcessDied } from '../dependencies.ts';
import type { Checkout } from '../domain/checkout.ts';
import { askPayment, authorizePayment } from './authorize-payment.ts';
import { decided, type Outcome, undecided } from './checkout-outcome.ts';
import { compensateCheckout } from './compensate-checkout.ts';
import { holdStock } from './hold-stock.ts';
import { placeOrder } from './place-order.ts';
import type { Run, Step } from './run.ts';

/** A checkout needs four steps; each expired hold adds a few. More is a mistake that must not run forever. */
const MAX_STEPS = 20;
const LONGEST_BACKOFF_S = 60;

/** A new owner for a lease. */
export const newOwner = (): string => newId();

/**
 * Takes a leased checkout as far as it gets: each step asks one other service under a key derived from the checkout, and is
 * kept before the next one begins. No lock or transaction is held meanwhile, only the lease, which each step renews.
 * @returns what the caller is answered; null when another process has taken the checkout over.
 */
export async function advanceCheckout(
  orders: Orders,
  leased: Checkout,
  owner: string,
  requestId: string,
): Promise<Outcome | null> {
  const { checkoutId } = leased;
  const run: Run = {
    orders,
    owner,
    requestId,
    reached: (point) => orders.faults?.(point, checkoutId),
    stateOf: () => findCheckoutState(orders.db, checkoutId),
  };
  let checkout = leased;
  try {
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const step = await nextStep(run, checkout);
      if ('outcome' in step) {
        if (step.dueInS !== null) await releaseLease(orders.db, checkoutId, owner, step.dueInS);
        return step.outcome;
      }
      if (!step.next) return null;
      checkout = step.next;
    }
    throw new Error(`checkout ${checkoutId} does not end`);
  } catch (error) {
    if (error instanceof ProcessDied) throw error;
    orders.logger.warn(
      { err: error, checkoutId, state: checkout.state, attemptCount: checkout.attemptCount },
      'a checkout is put off',
    );
    await releaseLease(orders.db, checkoutId, owner, Math.min(2 ** (checkout.attemptCount - 1), LONGEST_BACKOFF_S));
    return decided(checkout) ?? undecided(checkout.state);
  }
}

function nextStep(run: Run, checkout: Checkout): Promise<Step> {
  switch (checkout.state) {
    case 'routed':
      return holdStock(run, checkout);
    case 'reserved':
    case 'authorizing':
      return authorizePayment(run, checkout);
    case 'action_required':
      return askPayment(run, checkout);
    case 'authorized':
      return placeOrder(run, checkout);
    case 'compensating':
      return compensateCheckout(run, checkout);
    case 'placed':
    case 'failed':
      throw new Error(`checkout ${checkout.checkoutId} is finished and must not be leased`);
  }
}
