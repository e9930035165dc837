import { Kind, parse, valueFromASTUntyped, type ConstDirectiveNode, type FieldDefinitionNode } from 'graphql';

/** Which subgraph knows what, read from the `join__` directives of a supergraph. */
export interface Ownership {
  /** The subgraphs that can resolve a field with nothing but the object's key. `__typename` is known where the type is. */
  subgraphsOf(type: string, field: string): ReadonlySet<string>;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Reads a supergraph (join specification 0.3 to 0.5). */
export function readOwnership(supergraphSdl: string): Ownership {
  const { definitions } = parse(supergraphSdl, { noLocation: true });
  const names = new Map<unknown, string>();
  const owners = new Map<string, ReadonlySet<string>>();
  const nameOf = (graph: unknown) => names.get(graph) ?? String(graph);

  for (const definition of definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? [])
      names.set(value.name.value, String(joins(value, 'join__graph')[0]?.['name']));
  }
  for (const definition of definitions) {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION &&
      definition.kind !== Kind.UNION_TYPE_DEFINITION
    )
      continue;
    const type = definition.name.value;
    const known = new Set(joins(definition, 'join__type').map(({ graph }) => nameOf(graph)));
    owners.set(`${type}.__typename`, known);
    if (definition.kind === Kind.UNION_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? [])
      owners.set(`${type}.${field.name.value}`, ownersOf(field, known, nameOf));
  }
  return { subgraphsOf: (type, field) => owners.get(`${type}.${field}`) ?? NOBODY };
}

/** A field without a `join__field` is resolved by every subgraph that knows its type. */
function ownersOf(
  field: FieldDefinitionNode,
  known: ReadonlySet<string>,
  nameOf: (graph: unknown) => string,
): ReadonlySet<string> {
  const declared = joins(field, 'join__field');
  if (declared.length === 0) return known;
  // Declared but not resolved alone: somebody else's, moved away, or needing fields of somebody else.
  const alone = declared.filter(
    ({ graph, external, usedOverridden, requires }) =>
      graph !== undefined && !external && !usedOverridden && requires === undefined,
  );
  return new Set(alone.map(({ graph }) => nameOf(graph)));
}

const joins = (
  node: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  name: string,
): Record<string, unknown>[] =>
  (node.directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map((directive) =>
      Object.fromEntries(
        (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
      ),
    );
