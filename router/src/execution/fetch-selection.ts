import {
  Kind,
  parse,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** What the document of a fetch selects, by the names that clients know. */
export interface FetchSelection {
  /** The fields at the top: of the root, or of the entities. */
  readonly fields: readonly SelectedField[];
  /** The paths of all fields that hold objects or lists of objects, names joined by dots. */
  readonly objectPaths: ReadonlySet<string>;
}

interface SelectedField {
  readonly name: string;
  readonly directives: readonly DirectiveNode[];
}

/**
 * Reads what the document of a fetch selects.
 * @param renamed the names that clients know instead of those of the planner's aliases.
 */
export function readFetchSelection(
  operation: string,
  isEntityFetch: boolean,
  renamed: ReadonlyMap<string, string>,
): FetchSelection {
  const document = parse(operation, { noLocation: true });
  const fragments = fragmentsOf(document);
  const root = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!.selectionSet;
  const fields: SelectedField[] = [];
  const objectPaths = new Set<string>();

  function visit(set: SelectionSetNode, path: string, directives: readonly DirectiveNode[]): void {
    for (const node of set.selections) {
      const own = [...directives, ...(node.directives ?? [])];
      if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet, path, own);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(node.name.value);
        if (fragment) visit(fragment.selectionSet, path, own);
      } else {
        const key = (node.alias ?? node.name).value;
        const name = renamed.get(key) ?? key;
        if (path === '') fields.push({ name, directives: own });
        if (!node.selectionSet) continue;
        objectPaths.add(path + name);
        visit(node.selectionSet, `${path}${name}.`, []);
      }
    }
  }

  const entities = root.selections[0];
  visit(isEntityFetch && entities?.kind === Kind.FIELD && entities.selectionSet ? entities.selectionSet : root, '', []);
  return { fields, objectPaths };
}

const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
