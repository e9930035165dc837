import {
  isAbstractType,
  Kind,
  type FieldNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type NamedTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded, type Conditions, type Fragments } from './conditions.ts';

/** What selections are read against. */
export interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly conditions: Conditions;
}

/**
 * The fields that selection sets ask of an object of one type, by response key in the order of the response: CollectFields and
 * CollectSubfields of GraphQL 6.3.2 and 6.4.3. The type is an interface when no more than that is known of the object: then
 * only what is asked of every implementation counts.
 */
export function collectFields(
  selecting: Selecting,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const groups = new Map<string, FieldNode[]>();
  const visitedFragments = new Set<string>();
  for (const selectionSet of selectionSets) collect(selecting, type, selectionSet, groups, visitedFragments);
  return groups;
}

function collect(
  selecting: Selecting,
  type: GraphQLObjectType | GraphQLInterfaceType,
  { selections }: SelectionSetNode,
  groups: Map<string, FieldNode[]>,
  visitedFragments: Set<string>,
): void {
  for (const selection of selections) {
    if (!isIncluded(selection, selecting.conditions)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const group = groups.get(key);
      if (group) group.push(selection);
      else groups.set(key, [selection]);
      continue;
    }
    let fragment;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (visitedFragments.has(selection.name.value)) continue;
      visitedFragments.add(selection.name.value);
      fragment = selecting.fragments.get(selection.name.value);
    } else fragment = selection;
    if (fragment && applies(selecting.schema, fragment.typeCondition, type))
      collect(selecting, type, fragment.selectionSet, groups, visitedFragments);
  }
}

/** DoesFragmentTypeApply of GraphQL 6.3.2. */
function applies(
  schema: GraphQLSchema,
  condition: NamedTypeNode | undefined,
  type: GraphQLObjectType | GraphQLInterfaceType,
): boolean {
  if (!condition || condition.name.value === type.name) return true;
  const conditionType = schema.getType(condition.name.value);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}
