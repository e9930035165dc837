import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { existenceOf, variablesIn } from '../planning/reduced-document.ts';

/**
 * One operation of a valid document without some of its fields, as a valid document: fragments and variables that are not used any more
 * are gone, and an object of which nothing is left is asked for its `__typename`, since it exists all the same.
 * @returns null when no field is left at the root.
 */
export function filterDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  refused: ReadonlyMap<FieldNode, unknown>,
): DocumentNode | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const existence = existenceOf(document);

  // A fragment is filtered when it is met first, and null when nothing is left of it.
  const filtered = new Map<string, FragmentDefinitionNode | null>();
  const filterFragment = (name: string): FragmentDefinitionNode | null => {
    const known = filtered.get(name);
    if (known !== undefined) return known;
    const definition = fragments.get(name);
    const selectionSet = definition && filter(definition.selectionSet);
    const result = definition && selectionSet ? { ...definition, selectionSet } : null;
    filtered.set(name, result);
    return result;
  };
  const filterOne = (selection: SelectionNode): SelectionNode | null => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return filterFragment(selection.name.value) && selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const selectionSet = filter(selection.selectionSet);
      return selectionSet && { ...selection, selectionSet };
    }
    if (refused.has(selection)) return null;
    if (!selection.selectionSet) return selection;
    return { ...selection, selectionSet: filter(selection.selectionSet) ?? existence };
  };
  const filter = (set: SelectionSetNode): SelectionSetNode | null => {
    const selections = set.selections.flatMap((selection) => filterOne(selection) ?? []);
    return selections.length > 0 ? { ...set, selections } : null;
  };

  const selectionSet = filter(operation.selectionSet);
  if (!selectionSet) return null;
  const left = [...filtered.values()].filter((fragment) => fragment !== null);
  const used = variablesIn({
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet, variableDefinitions: [] }, ...left],
  });
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet, variableDefinitions }, ...left] };
}
