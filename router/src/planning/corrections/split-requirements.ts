import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  Kind,
  print,
  stripIgnoredCharacters,
  visit,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import type { RequiredFields } from './required-fields.ts';
import type { RequiredSlots } from './required-slots.ts';

/** Added fields by the slot of a representation that gets their value. */
type Slots = Map<string, ReadonlySet<string>>;

/**
 * Splits a fetch of entities whose fields require one field of the representation with different arguments: a
 * representation can hold only one of the values. Each part selects fields that agree, and requires what these need.
 *
 * @param document what `fetch.operation` says, with fragments expanded.
 * @returns the same fetch when its fields agree.
 */
export function splitRequirements(
  fetch: FetchNode,
  document: DocumentNode,
  fields: RequiredFields,
): readonly [FetchNode, ...FetchNode[]] {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!fetch.requires || !operation) return [fetch];
  const groups: { slots: Slots; selected: Set<FieldNode> }[] = [];
  for (const { type, field } of entityFields(operation)) {
    const needs = fields.requirementsOf(fetch.serviceName, type, field.name.value);
    let group = groups.find(({ slots }) => agrees(slots, needs));
    if (!group) groups.push((group = { slots: new Map(), selected: new Set() }));
    for (const [slot, names] of needs) group.slots.set(slot, names);
    group.selected.add(field);
  }
  const [first, ...others] = groups.map(({ slots, selected }) => partOf(fetch, operation, { slots, selected, fields }));
  return !first || others.length === 0 ? [fetch] : [first, ...others];
}

const agrees = (slots: Slots, needs: RequiredSlots): boolean =>
  [...needs].every(([slot, names]) => {
    const held = slots.get(slot) ?? names;
    return held.size === names.size && [...held].every((name) => names.has(name));
  });

/** Fields of the entities, with the type on which each is selected. */
function* entityFields({ selectionSet }: OperationDefinitionNode): Generator<{ type: string; field: FieldNode }> {
  for (const entities of selectionSet.selections)
    if (entities.kind === Kind.FIELD) yield* fieldsOf(entities.selectionSet?.selections ?? [], '_Entity');
}

function* fieldsOf(selections: readonly SelectionNode[], type: string): Generator<{ type: string; field: FieldNode }> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield { type, field: selection };
    if (selection.kind === Kind.INLINE_FRAGMENT)
      yield* fieldsOf(selection.selectionSet.selections, selection.typeCondition?.name.value ?? type);
  }
}

function partOf(
  fetch: FetchNode,
  operation: OperationDefinitionNode,
  { slots, selected, fields }: { slots: Slots; selected: ReadonlySet<FieldNode>; fields: RequiredFields },
): FetchNode {
  const entities = operation.selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD && selection.selectionSet
      ? {
          ...selection,
          selectionSet: { ...selection.selectionSet, selections: only(selection.selectionSet.selections, selected) },
        }
      : selection,
  );
  const narrowed = withUsedVariables({
    ...operation,
    selectionSet: { ...operation.selectionSet, selections: entities },
  });
  const used = new Set(narrowed.variableDefinitions?.map(({ variable }) => variable.name.value));
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [narrowed] };
  return {
    ...fetch,
    operation: stripIgnoredCharacters(print(document)),
    ...(fetch.operationDocumentNode && { operationDocumentNode: document }),
    ...(fetch.variableUsages && { variableUsages: fetch.variableUsages.filter((name) => used.has(name)) }),
    requires: narrowRequires(fetch.requires ?? [], [], { slots, names: fields.names }),
  };
}

function only(selections: readonly SelectionNode[], selected: ReadonlySet<FieldNode>): SelectionNode[] {
  return selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind !== Kind.INLINE_FRAGMENT)
      return selection.kind === Kind.FIELD && selected.has(selection) ? [selection] : [];
    const inner = only(selection.selectionSet.selections, selected);
    return inner.length > 0 ? [{ ...selection, selectionSet: { ...selection.selectionSet, selections: inner } }] : [];
  });
}

/** A subgraph refuses an operation that defines a variable and does not use it. */
function withUsedVariables(operation: OperationDefinitionNode): OperationDefinitionNode {
  const used = new Set<string>();
  visit(operation, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
  return { ...operation, ...(variableDefinitions && { variableDefinitions }) };
}

/** Leaves out added fields whose value another part has in their slot. */
function narrowRequires(
  selections: readonly QueryPlanSelectionNode[],
  path: readonly string[],
  kept: { slots: Slots; names: ReadonlyMap<string, string> },
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'InlineFragment')
      return [{ ...selection, selections: narrowRequires(selection.selections, path, kept) }];
    const real = kept.names.get(selection.name);
    const here = [...path, real ?? selection.name];
    if (real !== undefined && !kept.slots.get(here.join('.'))?.has(selection.name)) return [];
    if (!selection.selections) return [selection];
    const inner = narrowRequires(selection.selections, here, kept);
    return inner.length > 0 ? [{ ...selection, selections: inner }] : [];
  });
}
