import { requestFault } from '@kontor/kit/src/errors.ts';
import { createDocumentCache } from '@kontor/kit/src/graph/document-cache.ts';
import { formatError } from '@kontor/kit/src/graph/format-error.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { checkLimits, checkTokens, type DocumentLimits } from '@kontor/kit/src/graph/limits.ts';
import {
  getOperationAST,
  GraphQLError,
  isInterfaceType,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Ownership } from './ownership.ts';
import type { PolicyCheck } from './policy.ts';
import { selectedFields } from './selections.ts';

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly ownership: Ownership;
  readonly subgraphs: Readonly<Record<string, GraphClient>>;
  readonly limitsOf: (call: Call) => DocumentLimits;
  readonly policy: PolicyCheck;
}

/** A subscription that one subgraph answers alone. */
interface Plan {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly subgraph: string;
  /** The operation without its neighbours, with the fragments that it needs. */
  readonly query: string;
}

/**
 * Forwards a subscription to the subgraph that can answer all of it, and its events as they come.
 * An invalid document is answered by one event with errors.
 * @returns a function that throws GraphQLError DOCUMENT_TOO_COMPLEX, FORBIDDEN, SUBSCRIPTION_NOT_SUPPORTED, or what the subgraph fails with.
 */
export function forwardSubscriptions(options: SubscriptionOptions): GraphClient['subscribe'] {
  const { subgraphs, limitsOf, policy } = options;
  const plans = createDocumentCache<Plan>();

  const planOf = (request: GraphRequest, tokens: number): Plan | readonly GraphQLError[] => {
    const key = JSON.stringify([request.operationName, request.query]);
    const cached = plans.get(key);
    if (cached) return cached;
    const planned = planSubscription(options, request, tokens);
    if ('query' in planned) plans.set(key, planned);
    return planned;
  };

  return async function* <Data>(request: GraphRequest, call: Call): AsyncGenerator<GraphResult<Data>> {
    const limits = limitsOf(call);
    checkTokens(request.query, limits.tokens);
    const plan = planOf(request, limits.tokens);
    if (!('query' in plan)) {
      yield { errors: plan.map((error) => formatError(error.toJSON(), call.requestId)) };
      return;
    }
    checkLimits(plan.document, plan.operation, limits);
    policy(plan.document, plan.operation, call.caller);
    const { caller, requestId, signal } = call;
    yield* subgraphs[plan.subgraph]!.subscribe<Data>(
      { query: plan.query, variables: request.variables },
      { caller, requestId, signal },
    );
  };
}

/** @returns the errors of a document that is not valid. @throws GraphQLError SUBSCRIPTION_NOT_SUPPORTED naming the first field that keeps it from one subgraph. */
function planSubscription(
  { schema, ownership }: SubscriptionOptions,
  request: GraphRequest,
  tokens: number,
): Plan | readonly GraphQLError[] {
  const document = parsed(request.query, tokens);
  if (document instanceof GraphQLError) return [document];
  const errors = validate(schema, document);
  if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
  const operation = getOperationAST(document, request.operationName);
  if (!operation)
    throw requestFault('OPERATION_RESOLUTION_FAILURE', 'operationName names no operation of the document.');
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
    throw requestFault('BAD_REQUEST', 'This is not a subscription.');

  // Validation allows one root field alone, so its owner answers the subscription or nobody does.
  const [root, ...fields] = selectedFields(schema, document, operation);
  const [subgraph] = root ? ownership.subgraphsOf(root.type.name, root.field) : [];
  if (!root || subgraph === undefined)
    throw requestFault('SUBSCRIPTION_NOT_SUPPORTED', 'No subgraph answers this subscription alone.');
  for (const { type, field } of fields) {
    if (resolvesAlone(subgraph, type.name, field)) continue;
    throw requestFault(
      'SUBSCRIPTION_NOT_SUPPORTED',
      `${root.type.name}.${root.field} comes from ${subgraph}, which does not answer ${type.name}.${field}: subscribe without it, and query it on each event.`,
    );
  }
  return { document, operation, subgraph, query: print(separateOperations(document)[operation.name?.value ?? '']!) };

  function resolvesAlone(name: string, typeName: string, field: string): boolean {
    if (!ownership.subgraphsOf(typeName, field).has(name)) return false;
    const type = schema.getType(typeName);
    if (!isInterfaceType(type)) return true;
    // The subgraph answers with the objects that it knows, each of which must have the field there.
    const objects = schema
      .getPossibleTypes(type)
      .filter((object) => ownership.subgraphsOf(object.name, '__typename').has(name));
    return objects.every((object) => ownership.subgraphsOf(object.name, field).has(name));
  }
}

function parsed(query: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return withCode(error, 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

const withCode = ({ message, nodes, source, positions }: GraphQLError, code: string) =>
  new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  });
