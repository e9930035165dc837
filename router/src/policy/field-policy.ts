import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { directiveName, linkedSpecs, type LinkedSpec } from '../composition/spec-names.ts';
import { allOf, AUTHENTICATED, clauseOf, type Clause, type Requirement } from './requirement.ts';

/** Who may see which field, as a supergraph declares it. */
export interface FieldPolicy {
  /** Nothing in the supergraph is guarded. */
  readonly open: boolean;
  /**
   * What a caller must fulfil to select a field of a type. It holds the requirements of the field, of the type around it and of the type
   * that it answers with, and depends on nothing else, so that there is no way around it by a fragment or an alias. A field of an
   * interface needs what it needs in every implementation; `__typename` needs what its type needs.
   */
  requirementOf(type: string, field: string): Requirement;
}

const SPECS = 'https://specs.apollo.dev/';
const NONE: Requirement = [];

interface Declared {
  readonly types: Map<string, Requirement>;
  readonly fields: Map<string, Requirement>;
  /** The named type that a field answers with. */
  readonly answers: Map<string, string>;
  /** The object types of each interface. */
  readonly implementations: Map<string, string[]>;
}

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` (each in version 0.1) of a supergraph, under whatever names it links them.
 * @throws Error when such a directive has no lists of names: what cannot be read must not become open.
 */
export function readFieldPolicy(supergraphSdl: string): FieldPolicy {
  const declared = readDeclared(parse(supergraphSdl, { noLocation: true }));
  const { types, fields, answers, implementations } = declared;
  const open = types.size === 0 && fields.size === 0;
  // Composition writes the requirements of implementations at their interfaces; older ones did not.
  const possible = (type: string) => [type, ...(implementations.get(type) ?? [])];
  const ofType = (type: string): Requirement[] => possible(type).map((each) => types.get(each) ?? NONE);
  const ofField = (coordinate: string): Requirement[] => [
    fields.get(coordinate) ?? NONE,
    ...ofType(answers.get(coordinate) ?? ''),
  ];

  const known = new Map<string, Requirement>();
  const compute = (type: string, field: string): Requirement => {
    const around = ofType(type);
    if (field === '__typename') return allOf(around);
    return allOf([...around, ...possible(type).flatMap((each) => ofField(`${each}.${field}`))]);
  };
  return {
    open,
    requirementOf(type, field) {
      if (open) return NONE;
      const coordinate = `${type}.${field}`;
      const cached = known.get(coordinate);
      if (cached) return cached;
      const requirement = compute(type, field);
      // Only what exists is kept, so that the table cannot grow beyond the schema.
      if (answers.has(coordinate)) known.set(coordinate, requirement);
      return requirement;
    },
  };
}

function readDeclared(document: DocumentNode): Declared {
  const read = requirementReader(linkedSpecs(document));
  const declared: Declared = { types: new Map(), fields: new Map(), answers: new Map(), implementations: new Map() };
  const note = (into: Map<string, Requirement>, coordinate: string, directives?: readonly ConstDirectiveNode[]) => {
    const requirement = read(coordinate, directives ?? []);
    if (requirement.length > 0) into.set(coordinate, requirement);
  };
  for (const definition of document.definitions) {
    if (!isGuardable(definition)) continue;
    const type = definition.name.value;
    note(declared.types, type, definition.directives);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const coordinate = `${type}.${field.name.value}`;
      note(declared.fields, coordinate, field.directives);
      declared.answers.set(coordinate, namedType(field.type));
    }
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const { name } of definition.interfaces ?? []) {
      const implementations = declared.implementations.get(name.value) ?? [];
      implementations.push(type);
      declared.implementations.set(name.value, implementations);
    }
  }
  return declared;
}

const isGuardable = (definition: DocumentNode['definitions'][number]): definition is TypeDefinitionNode =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
  definition.kind === Kind.INTERFACE_TYPE_DEFINITION ||
  definition.kind === Kind.SCALAR_TYPE_DEFINITION ||
  definition.kind === Kind.ENUM_TYPE_DEFINITION;

/** A directive that is applied without a link is read by its own name: better strict than open by a slip. */
function requirementReader(specs: readonly LinkedSpec[]) {
  const named = (name: string) => directiveName(specs, `${SPECS}${name}`, name) ?? name;
  const [authenticated, scopes, policy] = [named('authenticated'), named('requiresScopes'), named('policy')];
  const clause = (coordinate: string, directive: ConstDirectiveNode): Clause | undefined => {
    const name = directive.name.value;
    if (name === authenticated) return AUTHENTICATED;
    if (name === scopes) return clauseOf('scopes', namesOf(coordinate, directive, 'scopes'));
    if (name === policy) return clauseOf('policies', namesOf(coordinate, directive, 'policies'));
    return undefined;
  };
  return (coordinate: string, directives: readonly ConstDirectiveNode[]): Requirement =>
    allOf([directives.flatMap((directive) => clause(coordinate, directive) ?? [])]);
}

function namesOf(coordinate: string, directive: ConstDirectiveNode, argument: string): string[][] {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value;
  const unreadable = (): never => {
    throw new Error(`@${directive.name.value} at ${coordinate} has no lists of names in "${argument}".`);
  };
  // GraphQL takes a single value where a list stands.
  const listOf = (node: ConstValueNode | undefined): readonly ConstValueNode[] =>
    node === undefined || node.kind === Kind.NULL ? unreadable() : node.kind === Kind.LIST ? node.values : [node];
  const nameOf = (node: ConstValueNode): string => (node.kind === Kind.STRING ? node.value : unreadable());
  return listOf(value).map((names) => listOf(names).map(nameOf));
}

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
