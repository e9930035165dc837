import { randomUUID } from 'node:crypto';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  subscribe,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Logger } from '../logger.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { requestFault } from '../errors.ts';
import { createDocumentCache } from './document-cache.ts';
import { formatError, logFault } from './format-error.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from './graph.ts';
import { checkLimits, checkTokens, type DocumentLimits } from './limits.ts';

/** What every context has, whatever the service adds. */
export interface BaseContext {
  readonly caller: Call['caller'];
  readonly requestId: string;
  readonly signal?: AbortSignal | undefined;
  readonly issuer?: string | undefined;
}

/** A graph as a service serves it. */
export interface GraphEndpoint extends GraphClient {
  readonly server: ApolloServer<BaseContext>;
  /** The context of one request. */
  context(call: Call): BaseContext;
  /**
   * Refuses a document that is longer than the caller may send, before it is parsed. `execute` and `subscribe` ask it themselves.
   * @throws GraphQLError DOCUMENT_TOO_COMPLEX
   */
  admit(query: unknown, call: Call): void;
  formatError(error: unknown, requestId: string): GraphQLFormattedError;
}

export interface EndpointOptions {
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  /** The limits of everybody; where callers differ, of those who may do most. */
  readonly limits: DocumentLimits;
  /** The limits of one caller, none above `limits`. */
  readonly limitsOf?: (call: BaseContext) => DocumentLimits;
  readonly introspection: boolean;
  /** Either a schema, or a gateway with the schema in hand for subscriptions. */
  readonly source: { readonly schema: GraphQLSchema } | { readonly gateway: GatewayInterface };
  /** Makes the context of a request: loaders and what else lives as long as it. */
  readonly context: (call: Call) => BaseContext;
  /** Replaces graphql-js for subscriptions: the router forwards them. */
  readonly subscribe?: (request: GraphRequest, call: Call) => AsyncIterable<GraphResult>;
  readonly plugins?: readonly ApolloServerPlugin<BaseContext>[];
}

/** Builds the Apollo Server of a graph and the same pipeline for calls in memory. Call `server.start()` before the first request. */
export function createEndpoint(options: EndpointOptions): GraphEndpoint {
  const { logger, limits, metrics } = options;
  const gateway = 'gateway' in options.source;
  const limitsOf = options.limitsOf ?? (() => limits);
  const admit = (query: unknown, call: Call) => {
    const { tokens } = limitsOf(call);
    if (tokens < limits.tokens && typeof query === 'string') checkTokens(query, tokens);
  };

  const watch: ApolloServerPlugin<BaseContext> = {
    requestDidStart() {
      const startedAt = performance.now();
      return Promise.resolve({
        didResolveOperation: ({ document, operation, contextValue }) => {
          if (operation) checkLimits(document, operation, limitsOf(contextValue));
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
            throw requestFault(
              'SUBSCRIPTION_NOT_SUPPORTED',
              'A subscription needs a WebSocket at the same path, with the protocol graphql-transport-ws.',
            );
          return Promise.resolve();
        },
        didEncounterErrors: ({ errors, contextValue }) => {
          for (const error of errors) logFault(logger, error, contextValue.requestId);
          return Promise.resolve();
        },
        willSendResponse: ({ response, operation, contextValue }) => {
          response.http.headers.set('x-request-id', contextValue.requestId);
          if (response.body.kind !== 'single') return Promise.resolve();
          const { singleResult } = response.body;
          if (singleResult.errors)
            singleResult.errors = singleResult.errors.map((error) => withRequestId(error, contextValue.requestId));
          metrics.operations.observe(
            {
              graph: options.name,
              operation: operation?.operation ?? 'invalid',
              outcome: singleResult.errors ? 'error' : 'ok',
            },
            (performance.now() - startedAt) / 1000,
          );
          return Promise.resolve();
        },
      });
    },
  };

  const server = new ApolloServer<BaseContext>({
    ...(options.source as { schema: GraphQLSchema }),
    introspection: options.introspection,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.tokens },
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
      watch,
      ...(options.plugins ?? []),
    ],
  });

  const formatOne = (error: unknown, requestId: string): GraphQLFormattedError => {
    const asGraphQL =
      error instanceof GraphQLError
        ? error
        : new GraphQLError('fault', { originalError: error instanceof Error ? error : new Error(String(error)) });
    logFault(logger, asGraphQL, requestId);
    return formatError(asGraphQL.toJSON(), requestId);
  };

  const documents = createDocumentCache<DocumentNode>();
  const subscribeHere = async function* (request: GraphRequest, call: Call): AsyncGenerator<GraphResult> {
    if (gateway) throw requestFault('SUBSCRIPTION_NOT_SUPPORTED', 'This graph does not take subscriptions.');
    const { schema } = options.source as { schema: GraphQLSchema };
    admit(request.query, call);
    let document = documents.get(request.query);
    if (!document) {
      document = parse(request.query, { maxTokens: limits.tokens });
      const errors = validate(schema, document);
      if (errors.length > 0) {
        yield {
          errors: errors.map((error) =>
            formatOne(
              new GraphQLError(error.message, {
                nodes: error.nodes ?? null,
                extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
              }),
              call.requestId,
            ),
          ),
        };
        return;
      }
      documents.set(request.query, document);
    }
    const operation = getOperationAST(document, request.operationName);
    if (!operation)
      throw requestFault('OPERATION_RESOLUTION_FAILURE', 'operationName names no operation of the document.');
    checkLimits(document, operation, limitsOf(call));
    const result = await subscribe({
      schema,
      document,
      contextValue: options.context(call),
      variableValues: request.variables ?? null,
      operationName: request.operationName ?? null,
    });
    if (!(Symbol.asyncIterator in result)) {
      yield formatResult(result, call.requestId);
      return;
    }
    const end = () => void result.return(undefined);
    call.signal?.addEventListener('abort', end, { once: true });
    try {
      if (call.signal?.aborted) end();
      for await (const event of result) yield formatResult(event, call.requestId);
    } finally {
      call.signal?.removeEventListener('abort', end);
    }
  };
  const formatResult = (result: ExecutionResult, requestId: string): GraphResult => ({
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(result.errors ? { errors: result.errors.map((error) => formatOne(error, requestId)) } : {}),
  });

  return {
    server,
    context: options.context,
    formatError: formatOne,
    admit,
    async execute<Data>(request: GraphRequest, call: Call) {
      admit(request.query, call);
      const response = await server.executeOperation(
        {
          query: request.query,
          variables: request.variables as Record<string, unknown>,
          ...(request.operationName ? { operationName: request.operationName } : {}),
        },
        { contextValue: options.context(call) },
      );
      if (response.body.kind !== 'single') throw new Error('incremental delivery is not supported in memory');
      return response.body.singleResult as GraphResult<Data>;
    },
    subscribe: (options.subscribe ?? subscribeHere) as GraphClient['subscribe'],
  };
}

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError =>
  error.extensions?.['requestId'] ? error : { ...error, extensions: { ...error.extensions, requestId } };

/** A request id that a caller sent, if it is one that can be logged, else a new one. */
export const acceptRequestId = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : randomUUID();
