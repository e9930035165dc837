import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';

/** One run of a compiled plan. */
export interface ExecutionRequest {
  readonly call: Call;
  /** Variables as the client sent them, already validated. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Coerced variables with defaults, for conditions. */
  readonly coerced: Readonly<Record<string, unknown>>;
  /** Root data to start from: an event of a subscription. The tree grows in it. */
  readonly root?: Record<string, unknown>;
  /** Told of each fetch when it has ended. */
  readonly observe?: FetchObserver;
}

/** What one request to a subgraph took. Times are in milliseconds as `performance.now()` gives them. */
export interface FetchRecord {
  /** Of the plan; it may be sent several times, where objects have different values of a context. */
  readonly node: FetchNode;
  readonly subgraph: string;
  readonly operationName: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  /** How many different entities were asked for; 0 for a fetch of root fields. */
  readonly representations: number;
  /** Whether the answer came from a request that an identical read had under way. */
  readonly shared: boolean;
  readonly errors: number;
}

export interface FetchObserver {
  (fetch: FetchRecord): void;
}

export interface ExecutionOutcome {
  /**
   * The merged tree: response keys of the client's operation plus what the planner added (`__typename`, keys, requires). Not
   * yet shaped. The caller owns it. Positions that stand for the same entity may share the objects below them where no fetch of
   * the plan writes any more: read it, do not change it.
   */
  readonly data: Record<string, unknown>;
  /** Errors of subgraphs with paths of the client's response. */
  readonly errors: GraphQLFormattedError[];
}

export interface CompiledPlan {
  /** All that it may ask. */
  readonly subgraphs: readonly string[];
  /** Rejects only when the call's signal is aborted, with the signal's reason. */
  execute(request: ExecutionRequest): Promise<ExecutionOutcome>;
}

export interface CompiledSubscription {
  /** The one that sends the events. */
  readonly subgraph: string;
  /** The primary fetch as a request for `GraphClient.subscribe`. */
  request(variables: Readonly<Record<string, unknown>>): GraphRequest;
  /** Applies the output rewrites of the primary to an event's data, which it takes over, and runs the rest of the plan on it. */
  complete(event: GraphResult, request: ExecutionRequest): Promise<ExecutionOutcome>;
}

/** A subgraph as the executor asks it. */
export type SubgraphClient = GraphClient;

export interface PlanOptions {
  /** The object types that a composite type can be at run time, by type name; an object type has itself. */
  readonly facts: { readonly possibleTypes: Readonly<Record<string, readonly string[]>> };
  /** Looked up for each fetch. */
  readonly clients: (subgraph: string) => SubgraphClient;
  readonly operation: 'query' | 'mutation' | 'subscription';
}

/** A request to a subgraph with what the executor knows of it beyond the text. */
export interface SubgraphRequest extends GraphRequest {
  readonly variables: Record<string, unknown>;
  /** Must see what happened before it was sent: it may not be answered by a read that is under way already. */
  readonly fresh: boolean;
}
