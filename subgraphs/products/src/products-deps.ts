import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { SubgraphDeps } from '@kontor/kit/src/subgraph.ts';

/** The internal graphs that products asks. */
export interface Peers {
  readonly prices: GraphClient;
  readonly stock: GraphClient;
}

/** What products is given from outside. */
export interface ProductsDeps extends SubgraphDeps {
  /** Without them search keeps no prices and no availability. */
  readonly peers?: Peers;
}
