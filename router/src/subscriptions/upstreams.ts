import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { copyJson } from '../execution/json-value.ts';
import { askerOf } from '../execution/share-in-flight.ts';
import { createSharedStreams, type Sink } from './shared-streams.ts';

/** Each is a connection to a process of a subgraph. */
const MOST_UPSTREAMS = 10_000;
/** Longer variables are rarely alike, and their keys would take memory. */
const MAX_VARIABLES_LENGTH = 100_000;

/** One subscription to one subgraph. */
export interface UpstreamRequest {
  readonly subgraph: string;
  readonly request: GraphRequest;
  readonly call: Call;
  /** Whether its events do not build on each other: see createSharedStreams. */
  readonly joinLate: boolean;
}

/** The subscriptions of this process to its subgraphs. */
export interface Upstreams {
  /** Those that are open. */
  readonly size: number;
  /**
   * Subscribes, or joins an identical subscription of the same caller. Each sink owns the events that it is given.
   * @returns how to leave.
   * @throws GraphQLError SERVICE_UNAVAILABLE when too many are open.
   */
  join(wanted: UpstreamRequest, sink: Sink<GraphResult>): () => void;
}

export interface UpstreamsOptions {
  readonly clients: (subgraph: string) => GraphClient;
  readonly most?: number;
  /** Told of the number of open subscriptions when it has changed. */
  readonly onSize?: (size: number) => void;
}

/** Shares identical subscriptions to subgraphs. The shared one bears the request id of the first. */
export function createUpstreams({ clients, most = MOST_UPSTREAMS, onSize }: UpstreamsOptions): Upstreams {
  const streams = createSharedStreams<GraphResult>({ most, copy: copyJson, ...(onSize ? { onSize } : {}) });
  return {
    get size() {
      return streams.size;
    },
    join({ subgraph, request, call, joinLate }, sink) {
      const question = questionKey(call, request.variables);
      return streams.join(
        {
          key: question && [subgraph, request.operationName, question, request.query].join('\n'),
          joinLate,
          open: (signal) => clients(subgraph).subscribe(request, { ...call, signal }),
        },
        sink,
      );
    },
  };
}

/** Who asks, with which variables, as text; null when the variables are too long to be worth it. */
export function questionKey(call: Call, variables: GraphRequest['variables']): string | null {
  const text = JSON.stringify(variables ?? null);
  return text.length > MAX_VARIABLES_LENGTH ? null : `${askerOf(call)}\n${text}`;
}
