import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import type { CartTokens } from './cart-tokens.ts';
import type { Outcome } from './commands/checkout-outcome.ts';
import type { GuestKeys } from './guest-keys.ts';
import type { PaymentProvider } from './payments/provider.ts';

/** Services whose internal graph orders asks. */
export interface Peers {
  readonly products: GraphClient;
  readonly prices: GraphClient;
  readonly stock: GraphClient;
  readonly customers: GraphClient;
}

/** Points at which a process may die: of a checkout, and of routing its order again. */
export type CheckoutPoint =
  | 'claimed'
  | 'reserve-answered'
  | 'reserved'
  | 'promotions-answered'
  | 'authorize-answered'
  | 'authorized'
  | 'commit-answered'
  | 'placed'
  | 'compensating'
  | 'cancel-answered'
  | 'promotions-released'
  | 'release-answered'
  | 'move-answered'
  | 'rerouted';

/** Thrown by a test's `faults` in place of `kill -9`: nothing more is done for the checkout by this process. */
export class ProcessDied extends Error {
  override name = 'ProcessDied';
}

/** What the orders service is given. */
export interface OrdersDeps extends SubgraphDeps {
  readonly peers: Peers;
  readonly payments: PaymentProvider;
  /** Called at each point with the id of the checkout or the order; a test throws `ProcessDied` there. */
  readonly faults?: (point: CheckoutPoint, id: string) => void;
}

/** What commands work with: the dependencies and what the process keeps in memory. */
export interface Orders extends Omit<OrdersDeps, 'bus' | 'identity'> {
  readonly cartTokens: CartTokens;
  readonly guestKeys: GuestKeys;
  /** Checkouts under way here, by key and input: the same call at the same time is answered once. */
  readonly underWay: Map<string, Promise<Outcome>>;
}
