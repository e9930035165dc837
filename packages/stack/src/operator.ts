import type { GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { forwardedError } from '@kontor/kit/src/graph/graph.ts';
import type { Subgraph } from './services.ts';

/** The internal graphs of the subgraphs, for the importer and the seed, in whichever topology. */
export interface Operator {
  ask: (subgraph: Subgraph, request: GraphRequest) => ReturnType<GraphClient['execute']>;
}

/**
 * Runs an operation on an internal graph.
 * @throws the first error, because what the importer and the seed do has to succeed as a whole.
 */
export async function run<Data>(
  operator: Operator,
  subgraph: Subgraph,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const result = (await operator.ask(subgraph, { query, variables })) as GraphResult<Data>;
  const [error] = result.errors ?? [];
  if (error) throw forwardedError({ ...error, message: `${subgraph}: ${error.message}` });
  if (!result.data) throw new Error(`${subgraph} gave no data.`);
  return result.data;
}
