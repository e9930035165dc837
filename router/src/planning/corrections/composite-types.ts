import {
  Kind,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

export type CompositeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** The object types and interfaces of a supergraph, as far as fields are concerned. */
export interface CompositeTypes {
  fieldOf(type: string, field: string): FieldDefinitionNode | undefined;
  /** The type itself, and what implements it. */
  withSubtypes(type: string): readonly string[];
  /** The type itself, its interfaces, and all that implements one of these. */
  familyOf(type: string): readonly string[];
  /** Whether any type has a field of this name. */
  hasField(name: string): boolean;
}

export function readCompositeTypes(supergraph: DocumentNode): CompositeTypes {
  const fields = new Map<string, Map<string, FieldDefinitionNode>>();
  const interfaces = new Map<string, readonly string[]>();
  const subtypes = new Map<string, string[]>();
  const fieldNames = new Set<string>();
  mapCompositeTypes(supergraph, (definition) => {
    const type = definition.name.value;
    fields.set(type, new Map((definition.fields ?? []).map((field) => [field.name.value, field])));
    for (const { name } of definition.fields ?? []) fieldNames.add(name.value);
    const own = (definition.interfaces ?? []).map(({ name }) => name.value);
    interfaces.set(type, own);
    for (const name of own) subtypes.set(name, [...(subtypes.get(name) ?? []), type]);
    return definition;
  });
  const withSubtypes = (type: string) => [type, ...(subtypes.get(type) ?? [])];
  return {
    fieldOf: (type, field) => fields.get(type)?.get(field),
    withSubtypes,
    familyOf: (type) => [...new Set([type, ...(interfaces.get(type) ?? [])].flatMap(withSubtypes))],
    hasField: (name) => fieldNames.has(name),
  };
}

/** Maps every object type and interface. */
export function mapCompositeTypes(
  supergraph: DocumentNode,
  map: (definition: CompositeDefinition) => CompositeDefinition,
): DocumentNode {
  const definitions = supergraph.definitions.map((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? map(definition)
      : definition,
  );
  return { ...supergraph, definitions };
}

/** The type without lists and non-null marks around it. */
export const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
