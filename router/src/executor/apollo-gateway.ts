import './no-telemetry.ts';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { GatewayExecutionResult, GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import { requestFault } from '@kontor/kit/src/errors.ts';
import type { BaseContext } from '@kontor/kit/src/graph/endpoint.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { GraphQLError } from 'graphql';
import type { ExecutorOptions, SupergraphExecutor } from './executor.ts';

/** The planner stops looking for better plans here: it must not block the process for one document. */
const MAX_EVALUATED_PLANS = 1_000;
/** Memory for plans, in MiB: some thousand documents. */
const PLAN_CACHE_MIB = 30;
const MAX_COMPLETION_ERRORS = 10;

/** Executes with `@apollo/gateway`, which asks each subgraph through the client that is given for it. */
export function createApolloExecutor({ supergraphSdl, subgraphs, logger }: ExecutorOptions): SupergraphExecutor {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => createDataSource(subgraphs[name]!),
    // It was validated when it was composed.
    validateSupergraph: false,
    serviceHealthCheck: false,
    // A header of a client would show it the plan.
    __exposeQueryPlanExperimental: false,
    experimental_approximateQueryPlanStoreMiB: PLAN_CACHE_MIB,
    queryPlannerConfig: { debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS } },
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: unknown) => logger.warn(message),
      error: (message: unknown) => logger.error(message),
    },
  });
  const seam: GatewayInterface = {
    onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    stop: () => gateway.stop(),
    async load(options) {
      const { executor } = await gateway.load(options);
      return { executor: tidied(executor, logger) };
    },
  };
  return { gateway: seam };
}

/**
 * A subgraph that does not answer costs its own fields: that is an error beside the data, without the HTTP status that it
 * would have alone.
 */
function createDataSource(client: GraphClient): GraphQLDataSource {
  return {
    async process({ request, context }) {
      const { caller, requestId, signal } = context as BaseContext;
      const { query = '', variables, operationName } = request;
      try {
        return await client.execute({ query, variables, operationName }, { caller, requestId, signal });
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        const { http: _status, ...extensions } = error.extensions;
        return { data: null, errors: [{ message: error.message, extensions }] };
      }
    },
  };
}

/** The gateway's executor with what it says in its own words said in ours. */
function tidied(execute: GatewayExecutor, logger: Logger): GatewayExecutor {
  return async (request) => {
    // The type says otherwise: a document with several operations and no name for one of them has none here.
    if (!(request.operation as unknown))
      return {
        errors: [
          requestFault('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document in operationName.'),
        ],
      };
    return withCompletionErrors(await execute(request), request.context as BaseContext, logger);
  };
}

/**
 * Where data do not fit the schema (an object that one subgraph names and another does not know), the gateway makes nulls
 * and notes them in an extension: by the specification each is an error (GraphQL 6.4.4).
 */
function withCompletionErrors(
  { extensions, ...result }: GatewayExecutionResult,
  { requestId }: BaseContext,
  logger: Logger,
): GatewayExecutionResult {
  const notes = (extensions?.['valueCompletion'] ?? []) as readonly GraphQLError[];
  if (notes.length === 0) return result;
  const errors = notes
    .slice(0, MAX_COMPLETION_ERRORS)
    .map(({ message, path }) => new GraphQLError(message, { path: path ?? null, extensions: { code: 'INTERNAL' } }));
  logger.warn(
    { requestId, problems: errors.map(({ message, path }) => ({ message, path })) },
    'a subgraph gave data that do not fit the schema',
  );
  return { ...result, errors: [...(result.errors ?? []), ...errors] };
}
