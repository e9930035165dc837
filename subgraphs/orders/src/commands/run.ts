import { moveCheckout, type Move } from '../data/checkouts.ts';
import type { CheckoutPoint, Orders } from '../dependencies.ts';
import type { Checkout, CheckoutState } from '../domain/checkout.ts';
import type { Outcome } from './checkout-outcome.ts';

/** One process working on one checkout under a lease. */
export interface Run {
  readonly orders: Orders;
  /** The lease's owner, new for each run. */
  readonly owner: string;
  readonly requestId: string;
  /** Says that the checkout got to a point at which a process may die. */
  reached(point: CheckoutPoint): void;
  /** The state that the checkout has now, whoever works on it. */
  stateOf(checkout: Checkout): Promise<CheckoutState | null>;
}

/** What a step came to: the checkout as it is kept now, null when the lease was lost, or an answer that ends the run. */
export type Step = { readonly next: Checkout | null } | { readonly outcome: Outcome; readonly dueInS: number | null };

/** Something cannot be done now and may be done soon: the lease is given back and the resumer goes on. */
export class Postponed extends Error {
  override name = 'Postponed';
}

/** Keeps a step that needs nothing of others. */
export async function stepTo(run: Run, checkout: Checkout, move: Move): Promise<Step> {
  const next = await moveCheckout(run.orders.db, checkout, run.owner, move);
  if (move.to === 'compensating') run.reached('compensating');
  return { next };
}
