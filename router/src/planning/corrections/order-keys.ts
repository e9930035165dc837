import { Kind, type ConstDirectiveNode, type DefinitionNode, type DocumentNode } from 'graphql';
import { stringArgument } from './join-directives.ts';

/**
 * Puts the keys by which a subgraph resolves an entity before those by which it only refers to it (`resolvable: false`).
 *
 * To come back to a subgraph after a `@requires`, the planner takes the first key whose fields the subgraph has, resolvable
 * or not; the subgraph then gets a representation that it never promised to understand. In this order the first is one that
 * it did promise, if it has any.
 *
 * @returns the same document when the keys of each subgraph are in this order already.
 */
export function orderKeys(supergraph: DocumentNode): DocumentNode {
  const definitions = supergraph.definitions.map(withOrderedKeys);
  const changed = definitions.some((definition, index) => definition !== supergraph.definitions[index]);
  return changed ? { ...supergraph, definitions } : supergraph;
}

function withOrderedKeys(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
    return definition;
  const { directives = [] } = definition;
  const ordered = orderWithinSubgraphs(directives);
  return ordered.some((directive, index) => directive !== directives[index])
    ? { ...definition, directives: ordered }
    : definition;
}

/** Each subgraph keeps its places among the others: their order has a meaning of its own for the planner. */
function orderWithinSubgraphs(directives: readonly ConstDirectiveNode[]): ConstDirectiveNode[] {
  const keys = Map.groupBy(directives.filter(isKey), (key) => stringArgument(key, 'graph'));
  const left = new Map(
    Array.from(keys, ([graph, own]) => [
      graph,
      [...own.filter((key) => !isReference(key)), ...own.filter(isReference)].values(),
    ]),
  );
  return directives.map((directive) =>
    isKey(directive) ? left.get(stringArgument(directive, 'graph'))!.next().value! : directive,
  );
}

const isKey = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === 'join__type' && stringArgument(directive, 'key') !== undefined;

const isReference = ({ arguments: values = [] }: ConstDirectiveNode): boolean =>
  values.some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value);
