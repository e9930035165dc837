import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { createCostCompiler, DEFAULT_LENGTH } from './cost-compiler.ts';
import type { Costs } from './costs.ts';
import { evaluate, sum } from './expression.ts';

export { readCosts } from './read-costs.ts';

/** What a mutation costs beside its fields. */
const MUTATION = 10;

export interface CostOptions {
  readonly costs: Costs;
  /** What clients see: fields that it does not have cost nothing. */
  readonly schema: GraphQLSchema;
  /** Valid for the schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** How many items a list has that no directive and no argument sizes; 10 when absent. */
  readonly defaultLength?: number;
}

/**
 * What an operation costs with coerced variables: never less than 0, at most 2^53 - 1.
 * @throws GraphQLError BAD_USER_INPUT when a field requires exactly one slicing argument and gets none, or several.
 */
export type CostOf = (coerced: Readonly<Record<string, unknown>>) => number;

/**
 * Compiles the cost of an operation, before it is planned, as the demand control of Apollo's router estimates it: an object costs 1, a leaf
 * 0, a mutation 10 besides, a list as often as it is long, each unless `@cost` and `@listSize` say otherwise. A fragment counts wherever it is
 * spread, and is compiled and evaluated once. Introspection costs nothing: it is answered here, within limits of its own.
 */
export function compileCost({
  costs,
  schema,
  document,
  operation,
  defaultLength = DEFAULT_LENGTH,
}: CostOptions): CostOf {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const compile = createCostCompiler({ costs, schema, fragments, defaultLength });
  const root = schema.getRootType(operation.operation);
  const level = root ? compile(operation.selectionSet, root) : 0;
  const total = sum([operation.operation === OperationTypeNode.MUTATION ? MUTATION : 0, level]);
  return (variables) => evaluate(total, { variables, remembered: [] });
}
