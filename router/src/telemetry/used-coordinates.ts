import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  typeFromAST,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** What an operation uses of a schema, as schema coordinates: `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`. */
export interface UsedCoordinates {
  /** By the document itself, each once. */
  readonly written: readonly string[];
  /** What is deprecated and comes in by variables; null when no variable can hold such a thing. */
  readonly sent: ((variables: Readonly<Record<string, unknown>>) => ReadonlySet<string>) | null;
}

/** Reads what a valid document of one operation uses. Introspection is not counted. */
export function readUsedCoordinates(schema: GraphQLSchema, document: DocumentNode): UsedCoordinates {
  const written = new Set<string>();
  const variables = new Map<string, GraphQLInputType>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field() {
        const parent = info.getParentType();
        const field = info.getFieldDef();
        if (parent && field && isOurs(parent, field)) written.add(`${parent.name}.${field.name}`);
      },
      Argument() {
        const parent = info.getParentType();
        const field = info.getFieldDef();
        const argument = info.getArgument();
        if (parent && field && argument && !info.getDirective() && isOurs(parent, field))
          written.add(`${parent.name}.${field.name}(${argument.name}:)`);
      },
      ObjectField(node) {
        const parent = getNamedType(info.getParentInputType());
        if (isInputObjectType(parent)) written.add(`${parent.name}.${node.name.value}`);
      },
      EnumValue(node) {
        const type = getNamedType(info.getInputType());
        if (isEnumType(type)) written.add(`${type.name}.${node.value}`);
      },
      VariableDefinition({ variable, type }) {
        const input = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
        if (input) variables.set(variable.name.value, input);
      },
    }),
  );
  return { written: [...written], sent: readSent(variables) };
}

/** No part of introspection. */
const isOurs = (parent: { readonly name: string }, field: { readonly name: string }): boolean =>
  !parent.name.startsWith('__') && !field.name.startsWith('__');

function readSent(variables: ReadonlyMap<string, GraphQLInputType>): UsedCoordinates['sent'] {
  const watched = [...variables].filter(([, type]) => reachesDeprecation(getNamedType(type), new Set()));
  if (watched.length === 0) return null;
  return (values) => {
    const found = new Set<string>();
    for (const [name, type] of watched)
      if (Object.hasOwn(values, name)) collectDeprecated(values[name], getNamedType(type), found);
    return found;
  };
}

/** Whether a value of the type can hold anything that is deprecated. */
function reachesDeprecation(type: GraphQLNamedType, seen: Set<GraphQLNamedType>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  if (isEnumType(type)) return type.getValues().some(({ deprecationReason }) => deprecationReason != null);
  if (!isInputObjectType(type)) return false;
  return Object.values(type.getFields()).some(
    (field) => field.deprecationReason != null || reachesDeprecation(getNamedType(field.type), seen),
  );
}

/** A single value stands for a list of one. */
function collectDeprecated(value: unknown, type: GraphQLNamedType, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectDeprecated(item, type, found);
    return;
  }
  if (isEnumType(type)) {
    const known = typeof value === 'string' ? type.getValue(value) : undefined;
    if (known && known.deprecationReason != null) found.add(`${type.name}.${known.name}`);
    return;
  }
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return;
  for (const field of Object.values(type.getFields())) {
    if (!Object.hasOwn(value, field.name)) continue;
    if (field.deprecationReason != null) found.add(`${type.name}.${field.name}`);
    collectDeprecated((value as Record<string, unknown>)[field.name], getNamedType(field.type), found);
  }
}
