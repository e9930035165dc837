import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';

/**
 * Plans and executes queries and mutations over a supergraph. This is the seam behind which the execution can be replaced:
 * Apollo Server knows no more of it than the gateway interface.
 */
export interface SupergraphExecutor {
  readonly gateway: GatewayInterface;
}

export interface ExecutorOptions {
  readonly supergraphSdl: string;
  /** The subgraphs by their names in the supergraph. */
  readonly subgraphs: Readonly<Record<string, GraphClient>>;
  readonly logger: Logger;
}
