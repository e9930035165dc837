import { Kind, visit, type DocumentNode, type SelectionSetNode } from 'graphql';

/** Asks for `__typename` under a response key that no other field of the document has, or the two could not be merged. */
export function existenceOf(document: DocumentNode): SelectionSetNode {
  const aliases = new Set<string>();
  visit(document, { Field: ({ alias }) => void (alias && aliases.add(alias.value)) });
  let key = '__typename';
  while (aliases.has(key)) key = `_${key}`;
  const name = { kind: Kind.NAME, value: '__typename' } as const;
  const alias = key === name.value ? {} : { alias: { kind: Kind.NAME, value: key } as const };
  return { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name, ...alias }] };
}

/** The names of the variables that a document uses, its definitions of variables included. */
export function variablesIn(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}
