import {
  executeSync,
  Kind,
  OperationTypeNode,
  visit,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { withSpreadFragments, type Fragments } from './conditions.ts';

const isIntrospectionField = ({ name }: FieldNode) => name.value === '__schema' || name.value === '__type';

/** What introspection is asked in: variables count only for operations where `takesVariables` says so. */
export interface IntrospectionContext {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly operation: OperationDefinitionNode;
  readonly coerced: Readonly<Record<string, unknown>>;
}

/** The value of one `__schema` or `__type` field, computed by graphql-js from the schema when it is first needed. */
export class IntrospectionAnswer {
  readonly #context: IntrospectionContext;
  readonly #nodes: readonly FieldNode[];
  #answer: { readonly text: string; readonly bytes: Buffer } | { readonly failure: string } | undefined;

  /** The nodes are those of one response key, let in by their directives. */
  constructor(context: IntrospectionContext, nodes: readonly FieldNode[]) {
    this.#context = context;
    // Their own conditions are decided, and must not make variables necessary.
    this.#nodes = nodes.map((node) => ({ ...node, directives: [] }));
  }

  /** JSON of the value as text and in UTF-8 (not to be written to), or why there is none: a variable can have a value that an argument does not take. */
  read(): { readonly text: string; readonly bytes: Buffer } | { readonly failure: string } {
    return (this.#answer ??= this.#execute());
  }

  #execute() {
    const { schema, fragments, operation, coerced } = this.#context;
    const used = variablesOf(this.#nodes, fragments);
    const { data, errors } = executeSync({
      schema,
      document: {
        kind: Kind.DOCUMENT,
        definitions: [
          {
            kind: Kind.OPERATION_DEFINITION,
            operation: OperationTypeNode.QUERY,
            variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
              used.has(variable.name.value),
            ),
            selectionSet: { kind: Kind.SELECTION_SET, selections: this.#nodes },
          },
          ...fragments.values(),
        ],
      },
      variableValues: coerced,
    });
    if (errors) return { failure: errors[0]!.message };
    const text = JSON.stringify(Object.values(data ?? {})[0] ?? null);
    return { text, bytes: Buffer.from(text) };
  }
}

/** Whether an introspection field of an operation takes variables, so that its answer is not the same for every request. */
export function introspectionTakesVariables(operation: OperationDefinitionNode, fragments: Fragments): boolean {
  const fields: FieldNode[] = [];
  for (const node of withSpreadFragments([operation], fragments))
    visit(node, { Field: (field) => void (isIntrospectionField(field) && fields.push(field)) });
  return fields.some((field) => variablesOf([{ ...field, directives: [] }], fragments).size > 0);
}

function variablesOf(nodes: readonly FieldNode[], fragments: Fragments): Set<string> {
  const names = new Set<string>();
  for (const node of withSpreadFragments(nodes, fragments))
    visit(node, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}
