import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../auth/caller.ts';
import type { Call, GraphRequest, GraphResult } from './graph.ts';

/** What every context has, whatever the service adds. */
export interface BaseContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly signal?: AbortSignal | undefined;
  readonly issuer?: string | undefined;
  readonly client?: Call['client'];
  readonly clientAddress?: Call['clientAddress'];
  readonly trace?: Call['trace'];
}

/** An answer as it goes over the wire. */
export interface EncodedResult {
  /** HTTP status where the media type is that of GraphQL: 200 whenever something was executed. */
  readonly status: number;
  /** The code of the first error of an answer without data. */
  readonly code?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text of the GraphQL response. */
  readonly body: string | Buffer;
}

/**
 * Executes the operations of one graph: parsing, validation, limits, execution, errors as clients see them, measurements.
 * Whatever comes in — POST, GET through Apollo Server, a socket, a call in memory — is executed here and nowhere else.
 * None of the functions rejects for a fault of the request: that is a result with errors and without data.
 */
export interface GraphEngine {
  /** The result as objects. */
  execute(request: GraphRequest, context: BaseContext): Promise<GraphResult>;
  /** The result as JSON text, which some engines make without the objects. */
  respond(request: GraphRequest, context: BaseContext): Promise<EncodedResult>;
  /** The events of a subscription. Throws a GraphQLError of the catalogue when there is no subscription. */
  subscribe(request: GraphRequest, context: BaseContext): AsyncIterable<GraphResult>;
  /** Refuses a text that is larger than the caller may send, before anybody parses it. @throws GraphQLError DOCUMENT_TOO_COMPLEX */
  admit(query: string, context: BaseContext): void;
  /** Tells the schema that clients see, now and whenever it changes. @returns how to stop listening. */
  onSchema(listener: (schema: GraphQLSchema) => void): () => void;
}
