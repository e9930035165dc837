import type { FetchNode } from '@apollo/query-planner';
import {
  Kind,
  parse,
  print,
  stripIgnoredCharacters,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { stringArgument, subgraphNames } from './join-directives.ts';

/** What a supergraph says of interfaces that some of its subgraphs know as objects (`@interfaceObject`). */
export interface InterfaceObjects {
  /** Names of those that a subgraph knows as objects. */
  of(subgraph: string): ReadonlySet<string>;
  /** Name of the type that a field has in a subgraph. */
  typeOf(subgraph: string, type: string, field: string): string | undefined;
  readonly roots: Readonly<Record<FetchNode['operationKind'], string>>;
}

const NONE: ReadonlySet<string> = new Set();
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** @returns null when no subgraph knows an interface as an object. */
export function readInterfaceObjects(supergraph: DocumentNode): InterfaceObjects | null {
  const subgraphs = subgraphNames(supergraph);
  const objects = new Map<string, Set<string>>();
  const fields = new Map<string, FieldDefinitionNode>();
  const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.SCHEMA_DEFINITION)
      for (const { operation, type } of definition.operationTypes) roots[operation] = type.name.value;
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const type = definition.name.value;
    for (const field of definition.fields ?? []) fields.set(`${type}.${field.name.value}`, field);
    for (const directive of definition.directives ?? []) {
      const isInterfaceObject = directive.arguments?.some(
        ({ name, value }) => name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value,
      );
      if (directive.name.value !== 'join__type' || !isInterfaceObject) continue;
      const subgraph = subgraphs.get(stringArgument(directive, 'graph') ?? '') ?? '';
      objects.set(subgraph, (objects.get(subgraph) ?? new Set()).add(type));
    }
  }
  if (objects.size === 0) return null;
  return {
    of: (subgraph) => objects.get(subgraph) ?? NONE,
    typeOf(subgraph, type, name) {
      const field = fields.get(`${type}.${name}`);
      return field && (typeIn(subgraph, field, subgraphs) ?? namedType(field.type));
    },
    roots,
  };
}

/**
 * Asks for `__typename` wherever a fetch gets an object that its subgraph knows for an interface. The planner leaves it out
 * where an operation asks for nothing that differs between implementations. Then nothing tells such an object from one of a
 * subgraph that owes the type name of an abstract type; with it, the object bears the name of its interface.
 *
 * @param fetch with fragments expanded.
 * @returns the same fetch when it gets no such object, or asks already.
 */
export function nameInterfaceObjects(fetch: FetchNode, interfaceObjects: InterfaceObjects): FetchNode {
  const { serviceName } = fetch;
  const objects = interfaceObjects.of(serviceName);
  if (objects.size === 0) return fetch;

  function named(set: SelectionSetNode, type: string | undefined): SelectionSetNode {
    const selections = set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return selection;
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? named(selection.selectionSet, selection.typeCondition?.name.value ?? type)
          : namedField(selection, selection.selectionSet, type);
      return inner === selection.selectionSet ? selection : { ...selection, selectionSet: inner };
    });
    return selections.every((selection, index) => selection === set.selections[index]) ? set : { ...set, selections };
  }

  function namedField(field: FieldNode, set: SelectionSetNode, parent: string | undefined): SelectionSetNode {
    const type = parent === undefined ? undefined : interfaceObjects.typeOf(serviceName, parent, field.name.value);
    const inner = named(set, type);
    if (type === undefined || !objects.has(type) || inner.selections.some(asksForTypename)) return inner;
    return { ...inner, selections: [TYPENAME, ...inner.selections] };
  }

  const document = parse(fetch.operation, { noLocation: true });
  const definitions = document.definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const selectionSet = named(definition.selectionSet, interfaceObjects.roots[definition.operation]);
    return selectionSet === definition.selectionSet ? definition : { ...definition, selectionSet };
  });
  if (definitions.every((definition, index) => definition === document.definitions[index])) return fetch;
  const changed: DocumentNode = { ...document, definitions };
  return {
    ...fetch,
    operation: stripIgnoredCharacters(print(changed)),
    ...(fetch.operationDocumentNode && { operationDocumentNode: changed }),
  };
}

const asksForTypename = (selection: SelectionSetNode['selections'][number]): boolean =>
  selection.kind === Kind.FIELD &&
  selection.name.value === '__typename' &&
  !selection.alias &&
  !selection.directives?.length;

/** A subgraph may give a field a type of its own, such as one implementation of an interface. */
function typeIn(
  subgraph: string,
  { directives = [] }: FieldDefinitionNode,
  subgraphs: ReadonlyMap<string, string>,
): string | undefined {
  const own = directives.find(
    (directive) =>
      directive.name.value === 'join__field' && subgraphs.get(stringArgument(directive, 'graph') ?? '') === subgraph,
  );
  return (own && stringArgument(own, 'type'))?.replaceAll(/[^_0-9A-Za-z]/g, '');
}

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
