import { readFileSync } from 'node:fs';
import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { execute, parse, validate } from 'graphql';
import { apiSchemaOf } from '../../../router/src/composition/api-schema.ts';

const schema = apiSchemaOf(readFileSync(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8'));

/** The shared graph with data that a test makes up. */
export interface FakeRouter extends GraphClient {
  readonly calls: readonly { readonly request: GraphRequest; readonly call: Call }[];
}

/**
 * A router over the committed supergraph: documents are validated against it, and answered from `root`, whose fields may be
 * functions of their arguments and may throw.
 */
export function createFakeRouter(root: Record<string, unknown>): FakeRouter {
  const calls: { request: GraphRequest; call: Call }[] = [];
  return {
    calls,
    async execute<Data>(request: GraphRequest, call: Call): Promise<GraphResult<Data>> {
      calls.push({ request, call });
      const document = parse(request.query);
      const errors = validate(schema, document);
      if (errors.length > 0)
        throw new Error(`the router refuses the document: ${errors.map(({ message }) => message).join('; ')}`);
      const result = await execute({ schema, document, rootValue: root, variableValues: request.variables ?? {} });
      return JSON.parse(JSON.stringify(result)) as GraphResult<Data>;
    },
    subscribe: () => {
      throw new Error('BFFs take live stock from stock itself');
    },
  };
}
