import type { FetchDataRewrite, FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, parse, print, stripIgnoredCharacters, visit, type DocumentNode } from 'graphql';
import type { RequiredFields } from './required-fields.ts';
import { splitRequirements } from './split-requirements.ts';

/**
 * Writes a fetch back from a supergraph with separate required fields to the subgraphs as they are: added fields become
 * aliases of the real ones, and representations get the values under the real names. A fetch that would need two values
 * under one name of a representation becomes several.
 *
 * @returns the same fetch when it has nothing of the added fields.
 */
export function restoreRequiredFields(fetch: FetchNode, fields: RequiredFields): readonly [FetchNode, ...FetchNode[]] {
  const document = parse(fetch.operation, { noLocation: true });
  const [first, ...others] = splitRequirements(fetch, document, fields);
  return [restored(first, fields), ...others.map((part) => restored(part, fields))];
}

function restored(fetch: FetchNode, { names }: RequiredFields): FetchNode {
  const document = parse(fetch.operation, { noLocation: true });
  const real = withAliases(document, names);
  const renamers = renamersOf(fetch.requires ?? [], [], names);
  if (real === document && renamers.length === 0) return fetch;
  return {
    ...fetch,
    operation: stripIgnoredCharacters(print(real)),
    ...(fetch.operationDocumentNode && { operationDocumentNode: real }),
    ...(renamers.length > 0 && { inputRewrites: [...(fetch.inputRewrites ?? []), ...renamers] }),
  };
}

function withAliases(document: DocumentNode, names: ReadonlyMap<string, string>): DocumentNode {
  return visit(document, {
    Field: {
      // On the way out, so that the fields below are visited too.
      leave(field) {
        const real = names.get(field.name.value);
        if (real === undefined) return undefined;
        return { ...field, alias: field.alias ?? field.name, name: { kind: Kind.NAME, value: real } };
      },
    },
  });
}

/** Inner names first: the path to an inner one uses the outer name as it is before. */
function renamersOf(
  selections: readonly QueryPlanSelectionNode[],
  path: readonly string[],
  names: ReadonlyMap<string, string>,
): FetchDataRewrite[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') return renamersOf(selection.selections, path, names);
    const here = [...path, selection.alias ?? selection.name];
    const inner = renamersOf(selection.selections ?? [], here, names);
    const renameKeyTo = names.get(selection.name);
    return renameKeyTo === undefined ? inner : [...inner, { kind: 'KeyRenamer' as const, path: here, renameKeyTo }];
  });
}
