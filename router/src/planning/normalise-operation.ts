import {
  Kind,
  print,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';

/** What of a document is executed. */
export interface NormalisedOperation {
  /** The operation and the fragments that it uses, sorted by name. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The document printed: the same for documents that differ in white space, commas, comments and what is not executed. */
  readonly text: string;
}

/**
 * Reduces a valid document to one of its operations, which keeps its name: requests to subgraphs bear it.
 * Done once for a text.
 */
export function normaliseOperation(document: DocumentNode, operation: OperationDefinitionNode): NormalisedOperation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const used = new Map<string, FragmentDefinitionNode>();
  const waiting: DefinitionNode[] = [operation];
  for (let definition = waiting.pop(); definition; definition = waiting.pop())
    visit(definition, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value);
        if (!fragment || used.has(value)) return;
        used.set(value, fragment);
        waiting.push(fragment);
      },
    });
  const sorted = [...used.values()].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
  const normalised: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...sorted] };
  return { document: normalised, operation, text: print(normalised) };
}
