import {
  Kind,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type NameNode,
  type ObjectTypeDefinitionNode,
  type TypeDefinitionNode,
  type TypeNode,
  type UnionTypeDefinitionNode,
  type ConstDirectiveNode,
} from 'graphql';
import type { ContractFilter } from './build-contract.ts';
import type { Tags } from './read-tags.ts';

/** What a contract shows: the coordinates of types, fields (`Type.field`), arguments (`Type.field.argument`), enum values and input fields. */
export interface ContractMembers {
  readonly members: ReadonlySet<string>;
  /** Shown fields that need something that is not shown, one sentence each. */
  readonly problems: readonly string[];
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
type Tagged = { readonly name: NameNode; readonly directives?: readonly ConstDirectiveNode[] | undefined };

/** Follows the shown root fields of a supergraph to everything that they need. */
export function contractMembers(document: DocumentNode, tags: Tags, filter: ContractFilter): ContractMembers {
  const types = typesOf(document);
  const members = new Set<string>();
  const problems = new Set<string>();
  const waiting: { readonly type: TypeDefinitionNode; readonly neededBy: string }[] = [];

  const isExcluded = (node: Tagged) => tags.isHidden(node) || tags.of(node).some((tag) => filter.exclude.includes(tag));
  const isIncluded = (node: Tagged) => tags.of(node).some((tag) => filter.include.includes(tag));
  const shownFields = (type: Composite): FieldDefinitionNode[] =>
    isExcluded(type)
      ? []
      : (type.fields ?? []).filter((field) => !isExcluded(field) && (isIncluded(type) || isIncluded(field)));
  const isShown = (type: TypeDefinitionNode | undefined): boolean => {
    if (!type || isExcluded(type)) return false;
    if (isComposite(type)) return shownFields(type).length > 0;
    const parts: readonly Tagged[] | undefined =
      type.kind === Kind.ENUM_TYPE_DEFINITION
        ? type.values
        : type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
          ? type.fields
          : undefined;
    return parts === undefined || parts.some((part) => !isExcluded(part));
  };

  const need = (name: string, neededBy: string) => {
    const type = types.get(name);
    // Scalars of GraphQL itself have no definition.
    if (!type || members.has(name)) return;
    if (!isShown(type)) {
      problems.add(`${neededBy} is in the contract and needs ${name}, of which nothing is.`);
      return;
    }
    members.add(name);
    waiting.push({ type, neededBy });
  };
  const needInputs = (around: string, inputs: readonly InputValueDefinitionNode[]) => {
    for (const input of inputs) {
      const coordinate = `${around}.${input.name.value}`;
      if (isExcluded(input)) {
        if (input.type.kind === Kind.NON_NULL_TYPE && input.defaultValue === undefined)
          problems.add(`${coordinate} is required and cannot be left out of the contract.`);
        continue;
      }
      members.add(coordinate);
      need(namedType(input.type), coordinate);
    }
  };
  const followComposite = (type: Composite) => {
    for (const field of shownFields(type)) {
      const coordinate = `${type.name.value}.${field.name.value}`;
      members.add(coordinate);
      needInputs(coordinate, field.arguments ?? []);
      need(namedType(field.type), coordinate);
    }
    const interfaces = (type.interfaces ?? []).map(({ name }) => name.value);
    for (const name of interfaces.filter((each) => isShown(types.get(each)))) need(name, type.name.value);
    if (type.kind === Kind.INTERFACE_TYPE_DEFINITION)
      for (const each of implementationsOf(type.name.value, types))
        if (isShown(each)) need(each.name.value, type.name.value);
  };
  const followUnion = (type: UnionTypeDefinitionNode, neededBy: string) => {
    const shown = (type.types ?? []).filter(({ name }) => isShown(types.get(name.value)));
    if (shown.length === 0)
      problems.add(`${neededBy} is in the contract and needs ${type.name.value}, of which nothing is.`);
    for (const { name } of shown) need(name.value, type.name.value);
  };
  const follow = (type: TypeDefinitionNode, neededBy: string) => {
    if (isComposite(type)) followComposite(type);
    else if (type.kind === Kind.UNION_TYPE_DEFINITION) followUnion(type, neededBy);
    else if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) needInputs(type.name.value, type.fields ?? []);
    else if (type.kind === Kind.ENUM_TYPE_DEFINITION)
      for (const value of type.values ?? [])
        if (!isExcluded(value)) members.add(`${type.name.value}.${value.name.value}`);
  };

  const roots = rootsOf(document);
  if (!roots.query || !isShown(types.get(roots.query))) return { members, problems: [] };
  for (const root of Object.values(roots)) if (isShown(types.get(root))) need(root, 'The schema');
  for (let next = waiting.shift(); next; next = waiting.shift()) follow(next.type, next.neededBy);
  for (const problem of brokenPromises(types, members)) problems.add(problem);
  return { members, problems: [...problems].sort() };
}

/** Fields of shown interfaces that a shown implementation hides. */
function* brokenPromises(types: ReadonlyMap<string, TypeDefinitionNode>, members: ReadonlySet<string>) {
  for (const type of types.values()) {
    if (!isComposite(type) || !members.has(type.name.value)) continue;
    for (const { name } of type.interfaces ?? []) {
      const promised = members.has(name.value) ? types.get(name.value) : undefined;
      if (!promised || !isComposite(promised)) continue;
      for (const field of promised.fields ?? []) {
        const [there, here] = [`${name.value}.${field.name.value}`, `${type.name.value}.${field.name.value}`];
        if (members.has(there) && !members.has(here))
          yield `${there} is in the contract and needs ${here}, which is not.`;
      }
    }
  }
}

const isComposite = (type: TypeDefinitionNode): type is Composite =>
  type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;

const implementationsOf = (name: string, types: ReadonlyMap<string, TypeDefinitionNode>): Composite[] =>
  [...types.values()].filter(
    (type) => isComposite(type) && (type.interfaces ?? []).some((each) => each.name.value === name),
  ) as Composite[];

function typesOf(document: DocumentNode): Map<string, TypeDefinitionNode> {
  const types = new Map<string, TypeDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind.endsWith('TypeDefinition'))
      types.set((definition as TypeDefinitionNode).name.value, definition as TypeDefinitionNode);
  return types;
}

function rootsOf(document: DocumentNode): Partial<Record<'query' | 'mutation' | 'subscription', string>> {
  const definition = document.definitions.find(({ kind }) => kind === Kind.SCHEMA_DEFINITION);
  if (definition?.kind !== Kind.SCHEMA_DEFINITION)
    return { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  return Object.fromEntries(definition.operationTypes.map(({ operation, type }) => [operation, type.name.value]));
}

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
