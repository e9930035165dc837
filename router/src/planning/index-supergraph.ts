import {
  Kind,
  parse,
  print,
  valueFromASTUntyped,
  visit,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type NamedTypeNode,
  type SelectionSetNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

/** A field of the supergraph with everything that a plan can owe to it. */
export interface IndexedField {
  readonly typeName: string;
  readonly argumentTypes: readonly string[];
  /** Its definition with all directives, without descriptions. */
  readonly text: string;
  readonly overrideLabels: readonly string[];
  /** Fields of its own type that some subgraph needs first. */
  readonly requires: readonly SelectionSetNode[];
  /** Fields of the type it returns that some subgraph gives along. */
  readonly provides: readonly SelectionSetNode[];
  /** Takes arguments from an ancestor (`@fromContext`). */
  readonly hasContext: boolean;
}

export interface IndexedType {
  readonly name: string;
  /** All of the definition that is not a field of an object type or interface, with all directives, without descriptions. */
  readonly text: string;
  readonly isComposite: boolean;
  /** Has no prototype. Empty but for object types and interfaces. */
  readonly fields: Readonly<Record<string, IndexedField>>;
  readonly interfaces: readonly string[];
  /** What implements it or is a member of it, object types and interfaces. */
  readonly subtypes: readonly string[];
  /** The types of an input type's fields. */
  readonly inputTypes: readonly string[];
  readonly keys: readonly SelectionSetNode[];
}

/** The definitions of a supergraph, as far as plans depend on them. */
export interface SupergraphIndex {
  readonly types: ReadonlyMap<string, IndexedType>;
  /** Directive definitions by name, without descriptions. */
  readonly directives: ReadonlyMap<string, string>;
  /** The root types by kind of operation. */
  readonly roots: ReadonlyMap<string, string>;
  /** The schema definition with its directives. */
  readonly schemaText: string;
  /** Whether it says all by definitions of join specification 0.2 and later, none of them extended. */
  readonly isComplete: boolean;
}

/** Indexes a supergraph that was parsed. */
export function indexSupergraph(document: DocumentNode): SupergraphIndex {
  const plain = withoutNoise(document);
  const types = new Map<string, IndexedType>();
  const directives = new Map<string, string>();
  const roots = new Map([
    ['query', 'Query'],
    ['mutation', 'Mutation'],
    ['subscription', 'Subscription'],
  ]);
  const subtypes = collectSubtypes(plain.definitions);
  let schemaText = '';
  let isComplete = true;
  for (const definition of plain.definitions) {
    if (definition.kind === Kind.SCHEMA_DEFINITION) {
      schemaText = print(definition);
      roots.clear();
      for (const { operation, type } of definition.operationTypes) roots.set(operation, type.name.value);
    } else if (definition.kind === Kind.DIRECTIVE_DEFINITION) directives.set(definition.name.value, print(definition));
    else if (isTypeDefinition(definition)) {
      const { value } = definition.name;
      types.set(value, indexType(definition, subtypes.get(value) ?? []));
    } else isComplete = false;
  }
  // Before 0.2 a field without directives belongs to the owner of its type, and who knows a type depends on all others.
  return { types, directives, roots, schemaText, isComplete: isComplete && !directives.has('join__owner') };
}

/** Without descriptions, and with subgraphs by their names: their places in the enum do not matter. */
function withoutNoise(document: DocumentNode): DocumentNode {
  const names = new Map<string, string>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph')
      for (const value of definition.values ?? [])
        names.set(value.name.value, String(argumentsOf(value, 'join__graph')[0]?.['name']));
  return visit(document, {
    StringValue: (_node, key) => (key === 'description' ? null : undefined),
    Argument: (node) =>
      node.name.value === 'graph' && node.value.kind === Kind.ENUM
        ? { ...node, value: { kind: Kind.STRING, value: names.get(node.value.value) ?? node.value.value } }
        : undefined,
  });
}

function collectSubtypes(definitions: readonly DefinitionNode[]): Map<string, string[]> {
  const subtypes = new Map<string, string[]>();
  const add = (supertype: string, subtype: string) => {
    const known = subtypes.get(supertype);
    if (known) known.push(subtype);
    else subtypes.set(supertype, [subtype]);
  };
  for (const definition of definitions)
    if (definition.kind === Kind.UNION_TYPE_DEFINITION)
      for (const member of definition.types ?? []) add(definition.name.value, member.name.value);
    else if ('interfaces' in definition)
      for (const { name } of definition.interfaces ?? []) add(name.value, definition.name.value);
  return subtypes;
}

function indexType(definition: TypeDefinitionNode, subtypes: readonly string[]): IndexedType {
  const hasFields =
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
  const isInput = definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION;
  const fields = Object.create(null) as Record<string, IndexedField>;
  if (hasFields) for (const field of definition.fields ?? []) fields[field.name.value] = indexField(field);
  const sorted = [...subtypes].sort();
  return {
    name: definition.name.value,
    text: `${print(hasFields ? { ...definition, fields: [] } : definition)} = ${sorted.join(' | ')}`,
    isComposite: hasFields || definition.kind === Kind.UNION_TYPE_DEFINITION,
    fields,
    interfaces: hasFields ? (definition.interfaces ?? []).map(({ name }) => name.value) : [],
    subtypes: sorted,
    inputTypes: isInput ? (definition.fields ?? []).map(({ type }) => namedType(type)) : [],
    keys: fieldSets(argumentsOf(definition, 'join__type'), 'key'),
  };
}

function indexField(field: FieldDefinitionNode): IndexedField {
  const joins = argumentsOf(field, 'join__field');
  return {
    typeName: namedType(field.type),
    argumentTypes: (field.arguments ?? []).map(({ type }) => namedType(type)),
    text: print(field),
    overrideLabels: strings(joins, 'overrideLabel'),
    requires: fieldSets(joins, 'requires'),
    provides: fieldSets(joins, 'provides'),
    hasContext: joins.some(({ contextArguments }) => contextArguments !== undefined),
  };
}

const isTypeDefinition = (definition: DefinitionNode): definition is TypeDefinitionNode =>
  definition.kind.endsWith('TypeDefinition');

const namedType = (type: TypeNode): string => {
  let inner: TypeNode = type;
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
  return (inner satisfies NamedTypeNode).name.value;
};

type Annotated = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

/** The arguments of every application of a directive. */
const argumentsOf = (node: Annotated, directive: string): Record<string, unknown>[] =>
  (node.directives ?? [])
    .filter(({ name }) => name.value === directive)
    .map((application) =>
      Object.fromEntries(
        (application.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
      ),
    );

const strings = (applications: readonly Record<string, unknown>[], argument: string): string[] =>
  applications.map((application) => application[argument]).filter((value) => typeof value === 'string');

const fieldSets = (applications: readonly Record<string, unknown>[], argument: string): SelectionSetNode[] =>
  strings(applications, argument).map(parseFieldSet);

function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`"${text}" is not a set of fields.`);
  return definition.selectionSet;
}
