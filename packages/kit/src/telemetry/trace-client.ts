import { GraphQLError } from 'graphql';
import type { Call, GraphClient, GraphRequest, GraphResult } from '../graph/graph.ts';
import { codeOf, type SpanAttributes, type Tracer } from './tracing.ts';

export interface TracedClientOptions {
  /** Who is asked. */
  readonly peer: string;
  /** What else the span tells of an answer. */
  readonly describe?: (request: GraphRequest, result: GraphResult | undefined) => SpanAttributes;
}

/** Puts a span around each request to a peer, as whose child the request goes on. Without a tracer it is the client itself. */
export function traceClient(
  client: GraphClient,
  tracer: Tracer | null,
  { peer, describe }: TracedClientOptions,
): GraphClient {
  if (tracer === null) return client;
  return {
    async execute<Data>(request: GraphRequest, call: Call): Promise<GraphResult<Data>> {
      const span = tracer.start(`ask ${peer}`, {
        kind: 'client',
        parent: call.trace,
        attributes: { 'kontor.peer': peer, 'graphql.operation.name': request.operationName },
      });
      let result: GraphResult<Data> | undefined;
      try {
        result = await client.execute<Data>(request, { ...call, trace: span });
        const count = result.errors?.length ?? 0;
        if (count > 0) span.add({ 'graphql.errors': count });
        return result;
      } catch (error) {
        span.fail(codeOf(error instanceof GraphQLError ? error.extensions : undefined));
        throw error;
      } finally {
        if (describe && span.recorded) span.add(describe(request, result as GraphResult | undefined));
        span.end();
      }
    },
    subscribe: (request, call) => client.subscribe(request, call),
  };
}
