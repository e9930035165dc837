import { Kind, parse, print, type SelectionSetNode } from 'graphql';

/** Reads the text of a federation field set (`id code { two }`), with or without braces around it. */
export function parseFieldSet(text: string): SelectionSetNode {
  const document = parse(text.trimStart().startsWith('{') ? text : `{ ${text} }`, { noLocation: true });
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError(`Not a field set: ${text}`);
  return definition.selectionSet;
}

/** Writes a field set as directives of a supergraph hold it: on one line, without braces around it. */
export function printFieldSet({ selections }: SelectionSetNode): string {
  return selections.map((selection) => print(selection).replaceAll(/\s+/g, ' ')).join(' ');
}

/** Names of all fields of a field set, at every depth. */
export function namesIn({ selections }: SelectionSetNode): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    const own = selection.kind === Kind.FIELD ? [selection.name.value] : [];
    return selection.selectionSet ? [...own, ...namesIn(selection.selectionSet)] : own;
  });
}
