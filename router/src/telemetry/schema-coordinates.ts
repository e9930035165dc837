import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';

/** Whatever of a schema clients can use, by coordinate, with the reason of its deprecation or null. Fields and what is deprecated alone. */
export type SchemaCoordinates = ReadonlyMap<string, string | null>;

const read = new WeakMap<GraphQLSchema, SchemaCoordinates>();

/** Lists all fields of a schema, and those of its arguments, input fields and enum values that are deprecated. */
export function readSchemaCoordinates(schema: GraphQLSchema): SchemaCoordinates {
  const known = read.get(schema);
  if (known) return known;
  const coordinates = new Map<string, string | null>();
  const ifDeprecated = (coordinate: string, reason: string | null | undefined) => {
    if (reason != null) coordinates.set(coordinate, reason);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        const coordinate = `${type.name}.${field.name}`;
        coordinates.set(coordinate, field.deprecationReason ?? null);
        for (const argument of field.args) ifDeprecated(`${coordinate}(${argument.name}:)`, argument.deprecationReason);
      }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        ifDeprecated(`${type.name}.${field.name}`, field.deprecationReason);
    if (isEnumType(type))
      for (const value of type.getValues()) ifDeprecated(`${type.name}.${value.name}`, value.deprecationReason);
  }
  read.set(schema, coordinates);
  return coordinates;
}
