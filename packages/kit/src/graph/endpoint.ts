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
import { startOperation, traceOperation, traceSubscription } from '../telemetry/trace-operation.ts';
import { recordedSpan, tracerOf, withinSpan } from '../telemetry/tracing.ts';
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
  /** Refuses a text that is larger than the caller may send. @throws GraphQLError DOCUMENT_TOO_COMPLEX */
  admit(query: string, call: Call): void;
  /** Answers a request as JSON text. */
  respond(request: GraphRequest, call: Call): Promise<EncodedResult>;
  formatError(error: unknown, requestId: string): GraphQLFormattedError;
  /** Starts what answers over HTTP. Calls in memory need none of it. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface EndpointOptions {
  readonly engine: GraphEngine;
  /** In whose name operations are traced. */
  readonly service: string;
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
  const { engine, logger } = options;
  const tracer = tracerOf(options.service);
  let started = false;
  const server = new ApolloServer<BaseContext>({
    gateway: asGateway(engine),
    introspection: options.introspection,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    // The engine validates, within the limits of the caller, which Apollo Server does not know.
    dangerouslyDisableValidation: true,
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
            recordedSpan(contextValue.trace)?.end();
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

  /** Whatever a service's contexts have: which program asks, from where and in which trace is in each. */
  const contextOf = (call: Call): BaseContext => {
    const made = options.context(call);
    const { client, clientAddress, trace } = call;
    const isComplete = made === call || (!client && !clientAddress && !trace);
    return isComplete ? made : Object.assign(made, { client, clientAddress, trace });
  };
  const execute = (request: GraphRequest, call: Call) => engine.execute(request, contextOf(call));
  const subscribe = (request: GraphRequest, call: Call) => engine.subscribe(request, contextOf(call));
  const respond = (request: GraphRequest, call: Call) => engine.respond(request, contextOf(call));

  return {
    server,
    // Ended when Apollo Server sends the response, which it does whatever happens.
    context: (call) => contextOf(tracer ? { ...call, trace: startOperation(tracer, call) } : call),
    formatError(error, requestId) {
      const asGraphQL =
        error instanceof GraphQLError
          ? error
          : new GraphQLError('fault', { originalError: error instanceof Error ? error : new Error(String(error)) });
      logFault(logger, asGraphQL, requestId);
      return formatError(asGraphQL.toJSON(), requestId);
    },
    admit: (query, call) => engine.admit(query, contextOf(call)),
    execute: <Data>(request: GraphRequest, call: Call) =>
      (tracer ? traceOperation(tracer, call, (traced) => execute(request, traced)) : execute(request, call)) as Promise<
        GraphResult<Data>
      >,
    subscribe: <Data>(request: GraphRequest, call: Call) =>
      (tracer
        ? traceSubscription(tracer, call, (traced) => subscribe(request, traced))
        : subscribe(request, call)) as AsyncIterable<GraphResult<Data>>,
    respond: (request, call) =>
      tracer ? traceOperation(tracer, call, (traced) => respond(request, traced)) : respond(request, call),
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
    onSchemaLoadOrUpdate: (listener) => engine.onSchema((apiSchema) => listener({ apiSchema, coreSupergraphSdl: '' })),
    load: async () => ({
      executor: async ({ request, source, context }): Promise<GatewayExecutionResult> => {
        const { variables, operationName, extensions } = request;
        const made = context as BaseContext;
        const span = recordedSpan(made.trace);
        const execute = () => engine.execute({ query: source, variables, operationName, extensions }, made);
        const result = await (span ? withinSpan(span, execute) : execute());
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
export function createSchemaEndpoint(options: SchemaEngineOptions & Pick<EndpointOptions, 'context'>): GraphEndpoint {
  const { logger, limits, introspection, context, finish } = options;
  return createEndpoint({
    engine: createSchemaEngine(options),
    service: options.metrics.service,
    logger,
    maxTokens: limits.tokens,
    introspection,
    context,
    headers: (made) => finish?.(made).headers ?? {},
  });
}
