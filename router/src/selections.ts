import {
  isCompositeType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A field as an operation selects it: of the type that stands around it. */
export interface SelectedField {
  readonly type: GraphQLCompositeType;
  readonly field: string;
}

/**
 * The fields that an operation of a valid document selects, in the order of the text, without introspection. What a
 * fragment selects is told once, however often it is spread, so that the work grows with the length of the text alone.
 */
export function selectedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): SelectedField[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const found: SelectedField[] = [];

  const visit = ({ selections }: SelectionSetNode, type: GraphQLCompositeType) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const field = selection.name.value;
        if (field === '__schema' || field === '__type') continue;
        found.push({ type, field });
        const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
        const inner = definition && getNamedType(definition.type);
        if (selection.selectionSet && isCompositeType(inner)) visit(selection.selectionSet, inner);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (!fragment) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) fragments.delete(selection.name.value);
      const condition = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      if (isCompositeType(condition)) visit(fragment.selectionSet, condition);
    }
  };

  const root = schema.getRootType(operation.operation);
  if (root) visit(operation.selectionSet, root);
  return found;
}
