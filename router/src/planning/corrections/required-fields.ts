import {
  Kind,
  print,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { parseFieldSet, printFieldSet } from './field-set.ts';
import { stringArgument, subgraphNames } from './join-directives.ts';

/** A supergraph in which each field that a `@requires` asks for with arguments is a field of its own. */
export interface RequiredFields {
  /** What the planner plans with; the given document when no `@requires` has arguments. */
  readonly supergraph: DocumentNode;
  /** Real names of the added fields, by their own names. */
  readonly names: ReadonlyMap<string, string>;
  /**
   * What a field of a subgraph requires of the added fields: by `slot`, the path of real names at which the subgraph reads it in
   * a representation, the added field whose value belongs there.
   */
  requirementsOf(subgraph: string, type: string, field: string): ReadonlyMap<string, string>;
}

type CompositeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Gives a name of its own to each field that a `@requires` asks for with arguments: `@requires(fields: "price(currency: USD)")`
 * becomes `@requires(fields: "_required_0_price(currency: USD)")`, and every subgraph that has `price` has this field as well.
 *
 * The planner merges selections by response name and forgets the arguments: a client that asks for `price(currency: EUR)`
 * beside the field that requires dollars gets dollars, or the subgraph gets euros. Fields of different names cannot be
 * confused. The plan is written back to real names by `restore-required-fields.ts`.
 */
export function separateRequiredFields(supergraph: DocumentNode): RequiredFields {
  const types = new Map(
    supergraph.definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
        ? [[definition.name.value, definition]]
        : [],
    ),
  );
  const separation = new Separation(types);
  const renamed = mapFields(supergraph, (type, field) => separation.withSeparateRequirements(type, field));
  if (separation.names.size === 0) return { supergraph, names: NONE, requirementsOf: () => NONE };
  const requirements = new Map<string, Map<string, string>>();
  const subgraphs = subgraphNames(supergraph);
  const document = withAddedFields(renamed, separation);
  mapFields(document, (type, field) => {
    for (const directive of field.directives ?? []) {
      const requires = requiresOf(directive);
      const graph = stringArgument(directive, 'graph');
      if (requires === undefined || graph === undefined) continue;
      const slots = new Map(slotsOf(parseFieldSet(requires), [], separation.names));
      if (slots.size > 0) requirements.set(`${subgraphs.get(graph)} ${type.name.value}.${field.name.value}`, slots);
    }
    return field;
  });
  return {
    supergraph: document,
    names: separation.names,
    requirementsOf: (subgraph, type, field) => requirements.get(`${subgraph} ${type}.${field}`) ?? NONE,
  };
}

class Separation {
  /** Real names by added name. */
  readonly names = new Map<string, string>();
  /** Added names by type and real name. */
  readonly #added = new Map<string, Set<string>>();
  /** Added names by what they stand for: the field with its arguments. */
  readonly #byCall = new Map<string, string>();
  readonly #types: ReadonlyMap<string, CompositeDefinition>;

  constructor(types: ReadonlyMap<string, CompositeDefinition>) {
    this.#types = types;
  }

  addedTo(type: string, field: string): ReadonlySet<string> | undefined {
    return this.#added.get(`${type}.${field}`);
  }

  withSeparateRequirements(type: CompositeDefinition, field: FieldDefinitionNode): FieldDefinitionNode {
    const directives = (field.directives ?? []).map((directive) => {
      const requires = requiresOf(directive);
      if (!requires?.includes('(')) return directive;
      const fields = this.#separated(parseFieldSet(requires), type.name.value);
      return withArgument(directive, 'requires', printFieldSet(fields));
    });
    return { ...field, directives };
  }

  #separated(set: SelectionSetNode, type: string): SelectionSetNode {
    const selections = set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.FIELD) return this.#separatedField(selection, type);
      const condition = selection.typeCondition?.name.value ?? type;
      return { ...selection, selectionSet: this.#separated(selection.selectionSet, condition) };
    });
    return { ...set, selections };
  }

  #separatedField(field: FieldNode, type: string): FieldNode {
    const definition = this.#fieldOf(type, field.name.value);
    const selectionSet =
      definition && field.selectionSet && this.#separated(field.selectionSet, namedType(definition.type));
    const inner = selectionSet ? { ...field, selectionSet } : field;
    return definition && field.arguments?.length ? this.#renamed(inner, type) : inner;
  }

  #renamed(field: FieldNode, type: string): FieldNode {
    const name = field.name.value;
    const call = print({ kind: Kind.FIELD, name: field.name, arguments: field.arguments ?? [] });
    const own = this.#byCall.get(call) ?? this.#freshName(name);
    this.#byCall.set(call, own);
    this.names.set(own, name);
    for (const carrier of this.#carriersOf(type, name)) {
      const key = `${carrier}.${name}`;
      this.#added.set(key, (this.#added.get(key) ?? new Set()).add(own));
    }
    return { ...field, name: { kind: Kind.NAME, value: own } };
  }

  #freshName(name: string): string {
    for (let number = this.#byCall.size; ; number += 1) {
      const candidate = `_required_${number}_${name}`;
      if (![...this.#types.keys()].some((type) => this.#fieldOf(type, candidate))) return candidate;
    }
  }

  #fieldOf(type: string, field: string): FieldDefinitionNode | undefined {
    return this.#types.get(type)?.fields?.find(({ name }) => name.value === field);
  }

  /** A field of an object may come from its interface (`@interfaceObject`), and one of an interface from any of its objects. */
  #carriersOf(type: string, field: string): string[] {
    const family = new Set([type, ...interfacesOf(this.#types.get(type))]);
    for (const candidate of this.#types.values())
      if (interfacesOf(candidate).some((name) => family.has(name) && name !== candidate.name.value))
        family.add(candidate.name.value);
    return [...family].filter((name) => this.#fieldOf(name, field));
  }
}

function withAddedFields(supergraph: DocumentNode, separation: Separation): DocumentNode {
  const definitions = supergraph.definitions.map((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      return definition;
    const fields = (definition.fields ?? []).flatMap((field) => [
      field,
      ...Array.from(separation.addedTo(definition.name.value, field.name.value) ?? [], (name) => ({
        ...field,
        name: { kind: Kind.NAME as const, value: name },
      })),
    ]);
    return { ...definition, fields };
  });
  return { ...supergraph, definitions };
}

function mapFields(
  supergraph: DocumentNode,
  map: (type: CompositeDefinition, field: FieldDefinitionNode) => FieldDefinitionNode,
): DocumentNode {
  const definitions = supergraph.definitions.map((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? { ...definition, fields: (definition.fields ?? []).map((field) => map(definition, field)) }
      : definition,
  );
  return { ...supergraph, definitions };
}

function* slotsOf(
  { selections }: SelectionSetNode,
  path: readonly string[],
  names: ReadonlyMap<string, string>,
): Generator<[slot: string, name: string]> {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      yield* slotsOf(selection.selectionSet, path, names);
      continue;
    }
    const name = selection.name.value;
    const here = [...path, names.get(name) ?? name];
    if (names.has(name)) yield [here.join('.'), name];
    if (selection.selectionSet) yield* slotsOf(selection.selectionSet, here, names);
  }
}

const requiresOf = (directive: ConstDirectiveNode): string | undefined =>
  directive.name.value === 'join__field' ? stringArgument(directive, 'requires') : undefined;

function withArgument(directive: ConstDirectiveNode, name: string, text: string): ConstDirectiveNode {
  const values = (directive.arguments ?? []).map((argument) =>
    argument.name.value === name ? { ...argument, value: { kind: Kind.STRING as const, value: text } } : argument,
  );
  return { ...directive, arguments: values };
}

const interfacesOf = (type: CompositeDefinition | undefined): string[] =>
  (type?.interfaces ?? []).map(({ name }) => name.value);

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
