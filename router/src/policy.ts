import type { ApolloServerPlugin } from '@apollo/server';
import { POLICY, requireScope } from '@kontor/kit/src/auth/policy.ts';
import type { BaseContext } from '@kontor/kit/src/graph/endpoint.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { selectedFields } from './selections.ts';

/** Asks the policy table before anything is planned. The subgraph that owns the field asks it again. */
export interface PolicyCheck {
  /** @throws GraphQLError FORBIDDEN naming the scope that the caller lacks. */
  (document: DocumentNode, operation: OperationDefinitionNode, caller: Call['caller']): void;
}

/** @throws Error when a root field of the graph is not decided: no field is open by omission. */
export function createPolicyCheck(schema: GraphQLSchema): PolicyCheck {
  for (const operation of Object.values(OperationTypeNode)) {
    const root = schema.getRootType(operation);
    for (const field of Object.keys(root?.getFields() ?? {})) {
      const coordinate = `${root!.name}.${field}`;
      if (!Object.hasOwn(POLICY, coordinate))
        throw new Error(
          `${coordinate} has no entry in the policy table: decide who may call it (packages/kit/src/auth/policy.ts).`,
        );
    }
  }
  // The server keeps the documents that it has validated, so that this is read once for each.
  const known = new WeakMap<OperationDefinitionNode, readonly string[]>();
  const scopesOf = (document: DocumentNode, operation: OperationDefinitionNode): readonly string[] => {
    const cached = known.get(operation);
    if (cached) return cached;
    const coordinates = selectedFields(schema, document, operation).map(({ type, field }) => `${type.name}.${field}`);
    const scopes = [
      ...new Set(coordinates.flatMap((coordinate) => (Object.hasOwn(POLICY, coordinate) ? [POLICY[coordinate]!] : []))),
    ];
    known.set(operation, scopes);
    return scopes;
  };
  return (document, operation, caller) => {
    for (const scope of scopesOf(document, operation)) requireScope(caller, scope);
  };
}

/** The check as a part of the server's pipeline. */
export const policyPlugin = (check: PolicyCheck): ApolloServerPlugin<BaseContext> => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ document, operation, contextValue }) => {
      if (operation) check(document, operation, contextValue.caller);
    },
  }),
});
