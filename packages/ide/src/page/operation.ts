import { Kind, OperationTypeNode, parse } from 'graphql';
import type { FetcherParams } from '@graphiql/toolkit';
import type { OperationDefinitionNode } from 'graphql';

/**
 * What the visitor runs, read from the text itself: for a moment after a tab was changed, GraphiQL still names the
 * operation of the tab before. A document that does not parse goes to the service as it is, which says what is wrong.
 */
export function readOperation(params: FetcherParams): { params: FetcherParams; isSubscription: boolean } {
  const operations = operationsIn(params.query);
  const [only] = operations;
  const chosen =
    operations.find(({ name }) => name?.value === params.operationName) ?? (operations.length === 1 ? only : undefined);
  if (!chosen) return { params, isSubscription: false };
  return {
    params: { ...params, operationName: chosen.name?.value ?? null },
    isSubscription: chosen.operation === OperationTypeNode.SUBSCRIPTION,
  };
}

function operationsIn(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}
