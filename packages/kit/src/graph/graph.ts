import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Caller } from '../auth/caller.ts';
import type { ClientInfo } from '../telemetry/client-info.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';

/** A GraphQL request, however it travels. */
export interface GraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  /** What the client asks beyond the answer, such as the plan. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** The document as a JSON string literal, where the asker has it: a client over HTTP need not encode it again. */
  readonly queryJson?: string | undefined;
  /** What the document's operation is, where the asker knows it: a query may be asked again and shared. */
  readonly kind?: 'query' | 'mutation' | 'subscription' | undefined;
  /** Must see what happened before it was sent: no answer that is on its way already will do. */
  readonly fresh?: boolean | undefined;
}

/** A GraphQL response or one event of a subscription. */
export interface GraphResult<Data = Record<string, unknown>> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Record<string, unknown>;
}

/** For whom, and under which name in the logs. */
export interface Call {
  readonly caller: Caller;
  readonly requestId: string;
  readonly signal?: AbortSignal | undefined;
  /** Which of our services vouches for the caller; absent when the caller came in by a credential of its own. */
  readonly issuer?: string | undefined;
  /** Which program asks, as it says. */
  readonly client?: ClientInfo | undefined;
  /**
   * The network address of the client, as the edge saw it that let it in: see `auth/client-address.ts`. Personal, so never logged. What is read
   * once for several clients bears that of one of them: only commands may depend on it.
   */
  readonly clientAddress?: string | undefined;
  /** The step of a trace that asks. */
  readonly trace?: TraceContext | undefined;
  /** Headers that go on to those who are asked next, already filtered. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The version of a subgraph that a tester chose, by the subgraph's name; already permitted. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
}

/**
 * A graph that can be asked: in memory or over HTTP, nobody but the wiring knows.
 * `execute` resolves with errors in the result; it rejects with a GraphQLError of the catalogue (SERVICE_UNAVAILABLE, TIMEOUT, UNAUTHENTICATED)
 * when there is no answer at all. `subscribe` ends when the source ends and throws in the same cases.
 */
export interface GraphClient {
  execute<Data = Record<string, unknown>>(request: GraphRequest, call: Call): Promise<GraphResult<Data>>;
  subscribe<Data = Record<string, unknown>>(request: GraphRequest, call: Call): AsyncIterable<GraphResult<Data>>;
}

/** A document as text with the types of its result and variables, made by codegen. */
export type TypedDocument<Data, Variables> = {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Data;
};

/**
 * Sends a typed document and returns its data.
 * @throws the first error when there is no data; fields that failed alone are null in the data.
 */
export async function ask<Data, Variables extends Record<string, unknown>>(
  client: GraphClient,
  call: Call,
  document: TypedDocument<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const result = await client.execute<Data>({ query: document.toString(), variables }, call);
  if (result.data) return result.data;
  const first = result.errors?.[0];
  throw forwardedError(first ?? { message: 'The service gave no data and no error.' });
}

/** An error that another of our services formatted, as one that passes the edge again. */
export function forwardedError(error: GraphQLFormattedError): GraphQLError {
  return new GraphQLError(error.message, { extensions: { code: 'INTERNAL', ...error.extensions } });
}
