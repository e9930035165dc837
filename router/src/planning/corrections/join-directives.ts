import { Kind, type ConstValueNode, type DirectiveNode, type DocumentNode } from 'graphql';

/** The string that a directive has for an argument; an enum value counts as its name. */
export function stringArgument(directive: DirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

/** The string that an object value has under a name. */
export function stringField(object: ConstValueNode, name: string): string | undefined {
  if (object.kind !== Kind.OBJECT) return undefined;
  const value = object.fields.find((field) => field.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

/** Names of types by the context that they set (`@context`). */
export function contextTypes(supergraph: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const types = new Map<string, string[]>();
  for (const definition of supergraph.definitions) {
    if (!('directives' in definition) || !('name' in definition) || !definition.name) continue;
    for (const directive of definition.directives ?? []) {
      const context = directive.name.value === 'context' ? stringArgument(directive, 'name') : undefined;
      if (context !== undefined) types.set(context, [...(types.get(context) ?? []), definition.name.value]);
    }
  }
  return types;
}

/** Names of subgraphs by the values of the enum `join__Graph`, which the directives of a supergraph use. */
export function subgraphNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const graphs = supergraph.definitions.find(
    (definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph',
  );
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) return new Map();
  return new Map(
    (graphs.values ?? []).map(({ name, directives = [] }) => {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      return [name.value, (graph && stringArgument(graph, 'name')) ?? name.value];
    }),
  );
}
