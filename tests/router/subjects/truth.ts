import { execute, parse, type GraphQLSchema } from 'graphql';
import { createMonolith } from '../generate/monolith.ts';
import type { Model } from '../generate/model.ts';
import type { Request } from '../generate/subgraph.ts';
import type { Subject } from './subject.ts';

/** Answers by the specification of GraphQL alone: one schema, no federation. */
export function createTruth(model: Model, apiSdl: string): Subject & { readonly schema: GraphQLSchema } {
  const schema = createMonolith(model, apiSdl);
  return {
    schema,
    async execute(document, variables, operationName) {
      const request: Request = { mutations: 0 };
      const { data = null, errors = [] } = await execute({
        schema,
        document: parse(document),
        variableValues: variables,
        operationName: operationName ?? null,
        contextValue: request,
      });
      return { data, errors: errors.map((error) => error.toJSON()) };
    },
  };
}
