import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What a selection is read from. */
export type Selected = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>;

/**
 * Whether a field's selection asks for any of the names, at its top or as `parent.name` of `freshness`. What `@skip` and `@include` leave out is not
 * asked for.
 */
export function selectsAny(info: Selected, names: readonly string[]): boolean {
  const wanted = new Set(names);
  const visit = (set: SelectionSetNode | undefined, prefix: string): boolean =>
    (set?.selections ?? []).some((selection) => {
      if (!isIncluded(selection, info.variableValues)) return false;
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return visit(info.fragments[selection.name.value]?.selectionSet, prefix);
      if (selection.kind === Kind.INLINE_FRAGMENT) return visit(selection.selectionSet, prefix);
      const path = prefix + selection.name.value;
      return wanted.has(path) || (path === 'freshness' && visit(selection.selectionSet, 'freshness.'));
    });
  return info.fieldNodes.some((node) => visit(node.selectionSet, ''));
}

const isIncluded = (node: SelectionNode, variables: Selected['variableValues']): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false;
