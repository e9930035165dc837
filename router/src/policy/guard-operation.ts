import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldPolicy } from './field-policy.ts';
import { filterDocument } from './filter-document.ts';
import { findRefusals, type Refusal } from './find-refusals.ts';
import { isMet, type Clause, type PolicyPort, type Requirement } from './requirement.ts';

export interface GuardOptions {
  readonly policy: FieldPolicy;
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** Valid for the schema, and within the limits of documents. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Decides about the names in `@policy`; by default they are scopes. */
  readonly policies?: PolicyPort;
}

/** An operation with what its fields require. */
export interface GuardedOperation {
  /** No requirement anywhere: every caller gets all of it. */
  readonly open: boolean;
  /** What a caller gets. The same set of refused requirements gives the same object, so that plan and response can be kept with it. */
  for(caller: Caller): PermittedOperation;
}

/** What one kind of caller gets of an operation. */
export interface PermittedOperation {
  /** Tells the variants of one document apart; empty for all of it. */
  readonly key: string;
  /** The document without what is refused, valid; null when there is nothing left to ask. The same object when nothing is refused. */
  readonly document: DocumentNode | null;
  /**
   * The refused fields of the original document: null in the response, whatever the subgraphs' answers hold under their response keys (the
   * planner asks for keys and required fields on its own behalf). A response key is null when all fields selected under it are refused.
   */
  readonly refusedFields: ReadonlySet<FieldNode>;
  /** What to tell the caller; see `refusalErrors`. */
  readonly refused: readonly Refusal[];
}

/** Variants that are kept of one document. Callers differ in a handful of scopes; more variants are made anew each time. */
const MAX_VARIANTS = 32;

/** Finds once what an operation requires. The work grows with the length of the text, not with how often fragments are spread. */
export function guardOperation(options: GuardOptions): GuardedOperation {
  const { document, operation, policies = (name, caller) => hasScope(caller, name) } = options;
  const guarded = guardedFields(options);
  const everything: PermittedOperation = { key: '', document, refusedFields: new Set(), refused: [] };
  if (guarded.size === 0) return { open: true, for: () => everything };

  const clauses = new Map<string, Clause>();
  for (const requirement of guarded.values()) for (const clause of requirement) clauses.set(clause.key, clause);
  const ordered = [...clauses.values()];
  const variants = new Map<string, PermittedOperation>();

  const permit = (key: string, unmet: ReadonlySet<string>): PermittedOperation => {
    const refusedFields = new Map<FieldNode, Requirement>();
    for (const [field, requirement] of guarded) {
      const missing = requirement.filter((clause) => unmet.has(clause.key));
      if (missing.length > 0) refusedFields.set(field, missing);
    }
    return {
      key,
      document: filterDocument(document, operation, refusedFields),
      refusedFields: new Set(refusedFields.keys()),
      refused: findRefusals({ ...options, refusedFields }),
    };
  };
  return {
    open: false,
    for(caller) {
      const unmet = ordered.filter((clause) => !isMet(clause, caller, policies));
      if (unmet.length === 0) return everything;
      const key = unmet.map((clause) => ordered.indexOf(clause)).join('.');
      const known = variants.get(key);
      if (known) return known;
      const permitted = permit(key, new Set(unmet.map((clause) => clause.key)));
      if (variants.size >= MAX_VARIANTS) variants.delete(variants.keys().next().value!);
      variants.set(key, permitted);
      return permitted;
    },
  };
}

/** Every field of the operation and its fragments that requires something. */
function guardedFields({ policy, schema, document, operation }: GuardOptions): Map<FieldNode, Requirement> {
  const guarded = new Map<FieldNode, Requirement>();
  if (policy.open) return guarded;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const visitField = (field: FieldNode, type: GraphQLCompositeType) => {
    const name = field.name.value;
    // The schema is no secret: introspection shows guarded fields too.
    if (name === '__schema' || name === '__type') return;
    const requirement = policy.requirementOf(type.name, name);
    if (requirement.length > 0) guarded.set(field, requirement);
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const inner = definition && getNamedType(definition.type);
    if (field.selectionSet && isCompositeType(inner)) visit(field.selectionSet, inner);
  };
  const visit = ({ selections }: SelectionSetNode, type: GraphQLCompositeType) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        visitField(selection, type);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (!fragment) continue;
      // What a fragment requires does not depend on where it is spread: once is enough.
      if (selection.kind === Kind.FRAGMENT_SPREAD) fragments.delete(selection.name.value);
      const condition = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      if (isCompositeType(condition)) visit(fragment.selectionSet, condition);
    }
  };
  const root = schema.getRootType(operation.operation);
  if (root) visit(operation.selectionSet, root);
  return guarded;
}
