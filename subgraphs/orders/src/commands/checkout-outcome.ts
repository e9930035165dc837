import { busy, type idempotencyKeyReused, type versionConflict } from '@kontor/kit/src/errors.ts';
import type { CheckoutState } from '../domain/checkout.ts';
import { type Failure, paymentPending, type Placed, type Waiting } from '../domain/outcome.ts';

/** What a call of `checkout` is answered: the union of the graph, with the order by its id. */
export type Outcome =
  Placed | Failure | Waiting | ReturnType<typeof busy | typeof versionConflict | typeof idempotencyKeyReused>;

const RETRY_AFTER_MS = 1_000;

/** Whether the provider may have been asked for money. */
const PAYING: ReadonlySet<CheckoutState> = new Set(['reserved', 'authorizing', 'action_required', 'authorized']);

/** The answer for a checkout that is decided; null while it is not. */
export function decided(checkout: {
  readonly state: CheckoutState;
  readonly orderId: string;
  readonly result: Failure | null;
}): Outcome | null {
  if (checkout.state === 'placed') return { __typename: 'OrderPlaced', orderId: checkout.orderId };
  return checkout.state === 'failed' || checkout.state === 'compensating' ? checkout.result : null;
}

/** The answer for a checkout that goes on without the caller: repeat with the same key. */
export const undecided = (state: CheckoutState): Outcome =>
  PAYING.has(state) ? paymentPending(RETRY_AFTER_MS) : busy('The checkout', RETRY_AFTER_MS);
