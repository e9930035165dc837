import type { GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { forwardedError } from '@kontor/kit/src/graph/graph.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import type { Subgraph } from './services.ts';

/** A graph of a subgraph: the one for services alone, or its part of the shared one. */
export type GraphOfSubgraph = 'internal' | 'shared';

/** Where a subgraph serves a graph. */
export const pathOfGraph = (graph: GraphOfSubgraph = 'internal'): string =>
  graph === 'internal' ? INTERNAL_PATH : '/graphql';

/** The graphs of the subgraphs, asked as a service, for the importer and the seed, in whichever topology. */
export interface Operator {
  /** @param graph the internal one when absent. */
  ask: (subgraph: Subgraph, request: GraphRequest, graph?: GraphOfSubgraph) => ReturnType<GraphClient['execute']>;
}

/**
 * Runs an operation, on an internal graph unless told otherwise.
 * @throws the first error, because what the importer and the seed do has to succeed as a whole.
 */
export async function run<Data>(
  operator: Operator,
  subgraph: Subgraph,
  query: string,
  variables: Record<string, unknown> = {},
  graph: GraphOfSubgraph = 'internal',
): Promise<Data> {
  const result = (await operator.ask(subgraph, { query, variables }, graph)) as GraphResult<Data>;
  const [error] = result.errors ?? [];
  if (error) throw forwardedError({ ...error, message: `${subgraph}: ${error.message}` });
  if (!result.data) throw new Error(`${subgraph} gave no data.`);
  return result.data;
}
