import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { isObject, readField, writeField, type JsonObject } from './json-value.ts';
import { compileRewrites, fragmentType, type Rewrite } from './rewrite.ts';
import type { TypeConditions } from './type-conditions.ts';

/** What represents the entities of one type. */
export interface RepresentationShape {
  /** `__typename` as it is sent. */
  readonly typename: string;
  /** The field beside `__typename` when there is one alone, without selections: the usual case. */
  readonly key: string | null;
  /** The fields beside `__typename` when all of them have to be there; null when parts of them may be missing. */
  readonly fields: readonly RequiredField[] | null;
  /** Everything, for when parts may be missing. */
  readonly selections: readonly QueryPlanSelectionNode[];
  /** Rewrites that touch more than `__typename`. */
  readonly rewrite: Rewrite | null;
}

export interface RequiredField {
  readonly name: string;
  readonly selections: readonly QueryPlanSelectionNode[] | null;
}

/** Compiles `requires` of a fetch. @returns the shape for the value of `__typename`; null when nothing stands for that type. */
export function compileRequires(
  requires: readonly QueryPlanSelectionNode[],
  inputRewrites: readonly FetchDataRewrite[] = [],
  conditions: TypeConditions,
): (typename: string) => RepresentationShape | null {
  const named = new Set(requires.map((node) => (node.kind === 'InlineFragment' ? node.typeCondition : undefined)));
  const shapes = new Map<string, RepresentationShape | null>();
  return (typename) => {
    const known = shapes.get(typename);
    if (known !== undefined) return known;
    const shape = shapeFor(typename, requires, inputRewrites, conditions);
    // A subgraph can make up any number of names.
    if (conditions.isKnown(typename) || named.has(typename)) shapes.set(typename, shape);
    return shape;
  };
}

function shapeFor(
  typename: string,
  requires: readonly QueryPlanSelectionNode[],
  inputRewrites: readonly FetchDataRewrite[],
  conditions: TypeConditions,
): RepresentationShape | null {
  const selections = applying(typename, requires, conditions);
  if (selections.length === 0) return null;
  const simple = inputRewrites.every(setsTypename);
  const sent = simple
    ? inputRewrites.reduce((name, rewrite) => renamed(name, rewrite, conditions), typename)
    : typename;
  const fields = simple ? soleFields(selections) : null;
  const only = fields?.length === 1 ? fields[0]! : null;
  return {
    typename: sent,
    key: only !== null && only.selections === null ? only.name : null,
    fields,
    selections,
    rewrite: fields === null ? compileRewrites(inputRewrites, conditions) : null,
  };
}

const setsTypename = (rewrite: FetchDataRewrite): boolean =>
  rewrite.kind === 'ValueSetter' &&
  rewrite.path.length === 2 &&
  fragmentType(rewrite.path[0]!) !== null &&
  rewrite.path[1] === '__typename' &&
  typeof rewrite.setValueTo === 'string';

const renamed = (typename: string, rewrite: FetchDataRewrite, { matches }: TypeConditions): string =>
  rewrite.kind === 'ValueSetter' && matches(typename, fragmentType(rewrite.path[0]!)!)
    ? (rewrite.setValueTo as string)
    : typename;

/** The selections without the fragments of other types. One fragment alone is as good as what it holds. */
function applying(
  typename: string,
  selections: readonly QueryPlanSelectionNode[],
  conditions: TypeConditions,
): readonly QueryPlanSelectionNode[] {
  const kept = selections.filter(
    (node) =>
      node.kind === 'Field' || (node.typeCondition !== undefined && conditions.matches(typename, node.typeCondition)),
  );
  const [first] = kept;
  return kept.length === 1 && first?.kind === 'InlineFragment'
    ? applying(typename, first.selections, conditions)
    : kept;
}

/** @returns null when there is more than fields, or no `__typename`, without which a representation is none. */
function soleFields(selections: readonly QueryPlanSelectionNode[]): readonly RequiredField[] | null {
  const fields: RequiredField[] = [];
  let hasTypename = false;
  for (const node of selections) {
    if (node.kind !== 'Field') return null;
    const name = node.alias ?? node.name;
    if (name === '__typename') hasTypename = true;
    else fields.push({ name, selections: node.selections ?? null });
  }
  return hasTypename ? fields : null;
}

/**
 * Takes what is selected out of a value. A field that is missing makes the object around it null; a fragment in which a field
 * is missing adds nothing.
 */
export function select(
  value: unknown,
  selections: readonly QueryPlanSelectionNode[],
  conditions: TypeConditions,
): unknown {
  if (Array.isArray(value)) return value.map((item) => select(item, selections, conditions));
  if (!isObject(value)) return null;
  const selected: JsonObject = {};
  for (const node of selections) {
    if (node.kind === 'InlineFragment') {
      const typename = value['__typename'];
      if (typeof typename !== 'string' || node.typeCondition === undefined) continue;
      if (conditions.matches(typename, node.typeCondition)) add(selected, select(value, node.selections, conditions));
      continue;
    }
    const name = node.alias ?? node.name;
    const field = readField(value, name);
    if (field === undefined) return null;
    add(selected, { [name]: node.selections ? select(field, node.selections, conditions) : field });
  }
  return selected;
}

/** Two fragments may select different things of one object. */
function add(target: JsonObject, source: unknown): void {
  if (!isObject(source)) return;
  for (const [name, value] of Object.entries(source)) {
    const existing = readField(target, name);
    if (isObject(existing)) add(existing, value);
    else if (Array.isArray(existing)) addEach(existing, value);
    else writeField(target, name, value);
  }
}

function addEach(target: unknown[], source: unknown): void {
  if (!Array.isArray(source)) return;
  target.forEach((item, i) => {
    if (isObject(item)) add(item, source[i]);
    else if (Array.isArray(item)) addEach(item, source[i]);
    else target[i] = source[i];
  });
}
