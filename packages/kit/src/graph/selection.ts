import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What of a resolver's info tells the selection. */
type Selecting = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>;

/**
 * Whether the client asks for a field below the resolved one, through fragments too, so that what nobody reads is not fetched.
 * @param path field names below the resolved field, outermost first. Aliases do not matter; type conditions are not looked at.
 */
export function selects(info: Selecting, ...path: readonly string[]): boolean {
  let level: readonly (SelectionSetNode | undefined)[] = info.fieldNodes.map((node) => node.selectionSet);
  for (const name of path) {
    const found = level.flatMap((set) => (set ? fieldsOf(info, set) : [])).filter((node) => node.name.value === name);
    if (found.length === 0) return false;
    level = found.map((node) => node.selectionSet);
  }
  return true;
}

function fieldsOf(info: Selecting, set: SelectionSetNode): readonly FieldNode[] {
  return set.selections.flatMap((selection): readonly FieldNode[] => {
    if (!isIncluded(info, selection)) return [];
    if (selection.kind === Kind.FIELD) return [selection];
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : info.fragments[selection.name.value]?.selectionSet;
    return inner ? fieldsOf(info, inner) : [];
  });
}

function isIncluded({ variableValues }: Selecting, selection: SelectionNode): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.['if'] !== false;
}
