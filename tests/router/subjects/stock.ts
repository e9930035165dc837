import './no-telemetry.ts';
import { createHash } from 'node:crypto';
import { ApolloGateway } from '@apollo/gateway';
import { parse, printSchema, type GraphQLError } from 'graphql';
import type { Request } from '../generate/subgraph.ts';
import type { Federation } from './federation.ts';
import type { Answer, Subject } from './subject.ts';

export interface Stock extends Subject {
  /** What clients see of the supergraph. */
  readonly apiSdl: string;
  stop(): Promise<void>;
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Answers as `@apollo/gateway` does, by its executor alone. */
export async function createStock({ supergraphSdl, ask }: Federation): Promise<Stock> {
  const gateway = new ApolloGateway({
    supergraphSdl,
    validateSupergraph: false,
    serviceHealthCheck: false,
    // Another plan has the same answer; looking for a better one is not what is compared.
    queryPlannerConfig: { debug: { maxEvaluatedPlans: 100 } },
    logger: quiet,
    buildService: ({ name }) => ({
      async process({ request: { query = '', variables, operationName }, context }) {
        const { data, errors } = await ask(name, { query, variables, operationName }, context as Request);
        return { data, ...(errors.length > 0 ? { errors } : {}) };
      },
    }),
  });
  let apiSdl = '';
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => (apiSdl = printSchema(apiSchema)));
  const { executor } = await gateway.load({});
  return {
    apiSdl,
    async execute(document, variables, operationName) {
      const context: Request = { mutations: 0 };
      const result = await executor({
        request: { query: document, variables, operationName },
        document: parse(document),
        queryHash: createHash('sha256').update(document).digest('hex'),
        source: document,
        operationName: operationName ?? null,
        context,
        metrics: {},
        logger: quiet,
      } as never);
      // Nulls that the subgraphs did not report stand in an extension.
      const notes = (result.extensions?.['valueCompletion'] ?? []) as readonly GraphQLError[];
      const errors = [...(result.errors ?? []), ...notes] as readonly GraphQLError[];
      return {
        data: (result.data ?? null) as Answer['data'],
        errors: errors.map(({ message, path }) => ({ message, ...(path ? { path } : {}) })),
      };
    },
    stop: () => gateway.stop(),
  };
}
