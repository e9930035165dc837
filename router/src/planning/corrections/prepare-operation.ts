import { requestFault } from '@kontor/kit/src/errors.ts';
import { Kind, visit, type DocumentNode, type FieldNode } from 'graphql';

/** Names that belong to a plan, not to the client. */
export interface ReservedNames {
  /** Response keys that a plan may use for what no client asked for. */
  readonly responseKeys: ReadonlySet<string>;
}

export interface PreparedOperation {
  /** What is planned. */
  readonly document: DocumentNode;
  /** The client's response keys by those of the plan, where they differ; null when all are the same. */
  readonly responseKeys: Readonly<Record<string, string>> | null;
}

/** Variables that subgraph operations have of their own: entities to fetch, and values of `@fromContext`. */
const RESERVED_VARIABLES = /^(representations$|contextualArgument_)/;

/**
 * Takes out of an operation what the planner would mix up with its own: the planner adds keys and required fields to
 * selections under their own names and takes a field of the client with the same response name for them. So
 * `{ id: name }` would answer with the id, or send the name as the key. Such aliases get other names, which
 * `restore-response-keys.ts` undoes after execution.
 *
 * @returns the same document when there is nothing to take out.
 * @throws GraphQLError GRAPHQL_VALIDATION_FAILED for an alias `__typename` of another field, and for variables with names of the planner.
 */
export function prepareOperation(document: DocumentNode, reserved: ReservedNames): PreparedOperation {
  const used = new Set<string>();
  const colliding = new Set<string>();
  visit(document, {
    Field(field) {
      const key = responseKey(field);
      used.add(key);
      if (!isAliased(field)) return;
      if (key === '__typename') throw requestFault('GRAPHQL_VALIDATION_FAILED', 'The alias "__typename" is reserved.');
      if (reserved.responseKeys.has(key)) colliding.add(key);
    },
    VariableDefinition(definition) {
      const name = definition.variable.name.value;
      if (RESERVED_VARIABLES.test(name))
        throw requestFault('GRAPHQL_VALIDATION_FAILED', `The variable name "$${name}" is reserved.`);
    },
  });
  if (colliding.size === 0) return { document, responseKeys: null };
  const planned = new Map<string, string>();
  for (const key of colliding) planned.set(key, freshKey(key, used));
  const renamed = visit(document, {
    Field: {
      leave(field) {
        const value = isAliased(field) ? planned.get(responseKey(field)) : undefined;
        return value === undefined ? undefined : { ...field, alias: { kind: Kind.NAME, value } };
      },
    },
  });
  return { document: renamed, responseKeys: Object.fromEntries(Array.from(planned, ([key, fresh]) => [fresh, key])) };
}

const responseKey = ({ alias, name }: FieldNode): string => (alias ?? name).value;

const isAliased = (field: FieldNode): boolean => responseKey(field) !== field.name.value;

function freshKey(key: string, used: Set<string>): string {
  for (let number = 0; ; number += 1) {
    const candidate = `_asked_${number}_${key}`;
    if (used.has(candidate)) continue;
    used.add(candidate);
    return candidate;
  }
}
