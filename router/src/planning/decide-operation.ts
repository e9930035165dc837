import {
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  getNamedType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { existenceOf, variablesIn } from './reduced-document.ts';
import { isIncluded, type Conditions } from '../response/conditions.ts';

/** The object types that a position can have at run time. */
type Possible = ReadonlySet<string>;

const SCHEMA_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type', '__typename']);

/**
 * Reduces an operation to what subgraphs must be asked, for one set of conditions, so that a plan has none: `@skip` and `@include` are decided
 * (GraphQL 3.13), fragments that can apply to no object are dropped (6.3.2), and what the schema answers by itself is left out. An object of
 * which nothing is left is asked for its `__typename`, since it exists all the same.
 *
 * Deciding before planning costs a plan for each combination that occurs. The planner cannot do with the conditions themselves: it asks a
 * mutation twice that stands twice under different ones, and mixes what is required under one with what is not.
 * @param document one operation with its fragments, valid for the schema.
 * @returns a valid document; null when there is nothing to ask.
 */
export function decideOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  conditions: Conditions,
): DocumentNode | null {
  const operation = document.definitions[0] as OperationDefinitionNode;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const existence = existenceOf(document);

  /** A fragment as it is among certain objects; null when nothing of it is left. The same among the same. */
  const decided = new Map<string, FragmentDefinitionNode | null>();
  const names = new Set(fragments.keys());
  const decideFragment = (fragment: FragmentDefinitionNode, possible: Possible): FragmentDefinitionNode | null => {
    const key = [fragment.name.value, ...possible].join(' ');
    const known = decided.get(key);
    if (known !== undefined) return known;
    const selectionSet = decideSet(fragment.selectionSet, typeNamed(schema, fragment), possible);
    const made = selectionSet && { ...fragment, name: nameFor(fragment, key), directives: [], selectionSet };
    decided.set(key, made);
    return made;
  };
  const nameFor = ({ name }: FragmentDefinitionNode, key: string) => {
    const isFirst = ![...decided.keys()].some((each) => each !== key && each.startsWith(`${name.value} `));
    let value = name.value;
    for (let number = 2; !isFirst && names.has(value); number += 1) value = `${name.value}_${number}`;
    names.add(value);
    return { ...name, value };
  };

  const decideField = (field: FieldNode, type: GraphQLCompositeType): SelectionNode => {
    const { directives = [], selectionSet } = field;
    const plain = { ...field, directives: directives.filter(({ name }) => !isCondition(name.value)) };
    const inner = selectionSet && fieldType(type, field.name.value);
    if (!selectionSet || !inner) return plain;
    return { ...plain, selectionSet: decideSet(selectionSet, inner, possibleTypes(schema, inner)) ?? existence };
  };
  const decideOne = (
    selection: SelectionNode,
    type: GraphQLCompositeType,
    possible: Possible,
  ): readonly SelectionNode[] => {
    if (!isIncluded(selection, conditions)) return [];
    if (selection.kind === Kind.FIELD)
      return isOfSchema(schema, type, selection.name.value) ? [] : [decideField(selection, type)];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment) return [];
    const condition = fragment.typeCondition ? typeNamed(schema, { typeCondition: fragment.typeCondition }) : type;
    const left = fragment.typeCondition ? intersection(possible, possibleTypes(schema, condition)) : possible;
    if (left.size === 0) return [];
    if (fragment.kind === Kind.FRAGMENT_DEFINITION) {
      const made = decideFragment(fragment, left);
      return made ? [{ kind: Kind.FRAGMENT_SPREAD, name: made.name }] : [];
    }
    const selectionSet = decideSet(fragment.selectionSet, condition, left);
    if (!selectionSet) return [];
    return fragment.typeCondition ? [{ ...fragment, directives: [], selectionSet }] : selectionSet.selections;
  };
  const decideSet = (
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    possible: Possible,
  ): SelectionSetNode | null => {
    const left = selections.flatMap((selection) => decideOne(selection, type, possible));
    return left.length > 0 ? { kind: Kind.SELECTION_SET, selections: left } : null;
  };

  const root = schema.getRootType(operation.operation)!;
  const selectionSet = decideSet(operation.selectionSet, root, possibleTypes(schema, root));
  if (!selectionSet) return null;
  const left = [...decided.values()].filter((fragment) => fragment !== null);
  const used = variablesIn({
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, variableDefinitions: [], selectionSet }, ...left],
  });
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, variableDefinitions, selectionSet }, ...left] };
}

const isCondition = (directive: string) => directive === 'skip' || directive === 'include';

/** Answered by the schema wherever they are asked of a root type. */
const isOfSchema = (schema: GraphQLSchema, type: GraphQLCompositeType, field: string) =>
  SCHEMA_FIELDS.has(field) &&
  (type === schema.getQueryType() || type === schema.getMutationType() || type === schema.getSubscriptionType());

function typeNamed(schema: GraphQLSchema, { typeCondition }: Pick<FragmentDefinitionNode, 'typeCondition'>) {
  const type = schema.getType(typeCondition.name.value);
  if (!isCompositeType(type)) throw new Error('A valid document conditions on composite types alone.');
  return type;
}

function fieldType(type: GraphQLCompositeType, field: string): GraphQLCompositeType | undefined {
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  const inner = definition && getNamedType(definition.type);
  return isCompositeType(inner) ? inner : undefined;
}

/**
 * The object types of a composite type. An interface that nothing implements stands for itself: objects that a subgraph gives without
 * knowing their type (`@interfaceObject` of Federation) may stand there.
 */
function possibleTypes(schema: GraphQLSchema, type: GraphQLCompositeType): Possible {
  const names = isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  return new Set(names.length > 0 ? names.sort() : [type.name]);
}

const intersection = (a: Possible, b: Possible): Possible =>
  a === b ? a : new Set([...a].filter((name) => b.has(name)));
