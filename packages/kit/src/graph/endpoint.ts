import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayExecutionResult, GatewayInterface } from '@apollo/server-gateway-interface';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../logger.ts';
import type { BaseContext, EncodedResult, GraphEngine } from './engine.ts';
import { formatError, logFault } from './format-error.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from './graph.ts';
import { createSchemaEngine, statusOf, type SchemaEngineOptions } from './schema-engine.ts';

/** A graph as a service serves it. */
export interface GraphEndpoint extends GraphClient {
  /** Answers what comes over HTTP in any other form than a well-formed POST of JSON. */
  readonly server: ApolloServer<BaseContext>;
  /** The context of one request. */
  context(call: Call): BaseContext;
  /** Answers a request as JSON text. */
  respond(request: GraphRequest, call: Call): Promise<EncodedResult>;
  formatError(error: unknown, requestId: string): GraphQLFormattedError;
  /** Starts what answers over HTTP. Calls in memory need none of it. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface EndpointOptions {
  readonly engine: GraphEngine;
  readonly logger: Logger;
  /** Tokens that a document may have at most, of those who may send most. */
  readonly maxTokens: number;
  readonly introspection: boolean;
  /** Makes the context of a request: loaders and what else lives as long as it. */
  readonly context: (call: Call) => BaseContext;
  /** Headers of every answer of a context, over HTTP. */
  readonly headers?: ((context: BaseContext) => Readonly<Record<string, string>>) | undefined;
}

/**
 * Serves an engine: in memory, to sockets, as bytes to HTTP, and behind Apollo Server for everything that is unusual over HTTP.
 * Apollo Server asks the engine for the execution, so that there is one.
 */
export function createEndpoint(options: EndpointOptions): GraphEndpoint {
  const { engine, logger, context } = options;
  let started = false;
  const server = new ApolloServer<BaseContext>({
    gateway: asGateway(engine),
    introspection: options.introspection,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    // Persisted queries are resolved before, for every way in alike.
    persistedQueries: false,
    parseOptions: { maxTokens: options.maxTokens },
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: unknown) => logger.warn(message),
      error: (message: unknown) => logger.error(message),
    },
    // Apollo Server does not say whose error it is: the request id stands in the error, or is filled in when the response is sent.
    formatError: (formatted) =>
      formatError(
        formatted,
        typeof formatted.extensions?.['requestId'] === 'string' ? formatted.extensions['requestId'] : '',
      ),
    // The cache-control plugin wraps every resolver of every field; we set cache headers ourselves. Nothing reports to anybody.
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      {
        requestDidStart: async () => ({
          willSendResponse: async ({ response, contextValue }) => {
            response.http.headers.set('x-request-id', contextValue.requestId);
            for (const [name, value] of Object.entries(options.headers?.(contextValue) ?? {}))
              response.http.headers.set(name, value);
            if (response.body.kind !== 'single') return;
            const { singleResult } = response.body;
            if (singleResult.errors)
              singleResult.errors = singleResult.errors.map((error) => withRequestId(error, contextValue.requestId));
          },
        }),
      },
    ],
  });

  return {
    server,
    context,
    formatError(error, requestId) {
      const asGraphQL =
        error instanceof GraphQLError
          ? error
          : new GraphQLError('fault', { originalError: error instanceof Error ? error : new Error(String(error)) });
      logFault(logger, asGraphQL, requestId);
      return formatError(asGraphQL.toJSON(), requestId);
    },
    execute: <Data>(request: GraphRequest, call: Call) =>
      engine.execute(request, context(call)) as Promise<GraphResult<Data>>,
    subscribe: <Data>(request: GraphRequest, call: Call) =>
      engine.subscribe(request, context(call)) as AsyncIterable<GraphResult<Data>>,
    respond: (request, call) => engine.respond(request, context(call)),
    async start() {
      await server.start();
      started = true;
    },
    async stop() {
      if (started) await server.stop();
    },
  };
}

/** The engine as Apollo Server's gateway: the one way to give it an execution other than that of graphql-js. */
function asGateway(engine: GraphEngine): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (listener) =>
      engine.onSchema((apiSchema) => listener({ apiSchema, coreSupergraphSdl: '' })),
    load: async () => ({
      executor: async ({ request, source, context }): Promise<GatewayExecutionResult> => {
        const result = await engine.execute(
          { query: source, variables: request.variables, operationName: request.operationName },
          context as BaseContext,
        );
        return {
          data: result.data as never,
          ...(result.errors ? { errors: result.errors.map((error) => asError(error, result)) } : {}),
          ...(result.extensions ? { extensions: result.extensions } : {}),
        };
      },
    }),
    stop: async () => undefined,
  };
}

/** Where nothing was executed, the first error decides the HTTP status. */
function asError(error: GraphQLFormattedError, { data, errors }: GraphResult): GraphQLError {
  const made = new GraphQLError(error.message, {
    path: error.path ?? null,
    extensions: { ...error.extensions, ...(data === undefined ? { http: { status: statusOf(errors) } } : {}) },
  });
  return Object.assign(made, error.locations ? { locations: error.locations } : {});
}

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError =>
  error.extensions?.['requestId'] ? error : { ...error, extensions: { ...error.extensions, requestId } };

/** A request id that a caller sent, if it is one that can be logged, else a new one. */
export const acceptRequestId = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : randomUUID();

/** An endpoint over a schema with resolvers. */
export function createSchemaEndpoint(
  options: SchemaEngineOptions & Pick<EndpointOptions, 'context'>,
): GraphEndpoint {
  const { logger, limits, introspection, context, finish } = options;
  return createEndpoint({
    engine: createSchemaEngine(options),
    logger,
    maxTokens: limits.tokens,
    introspection,
    context,
    headers: (made) => finish?.(made).headers ?? {},
  });
}
