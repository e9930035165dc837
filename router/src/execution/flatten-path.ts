import { isObject, readField, type JsonObject } from './json-value.ts';
import type { TypeConditions } from './type-conditions.ts';

/** One element of a path of the planner: a field, all items of a list, or nothing but a condition. */
interface Step {
  /** Null for the items of a list. */
  readonly field: string | null;
  /** What the value at the end of this step must be, as the planner writes it behind a bar: `@|[Book,Film]`. */
  readonly types: readonly string[] | null;
}

/** Where a fetch merges into the tree, compiled. */
export interface FlattenPath {
  readonly steps: readonly Step[];
  /** The names of the fields on the way. */
  readonly fields: readonly string[];
  /** The names before the first list: a path of the response for what cannot be told of single items. */
  readonly prefix: readonly string[];
}

/** The objects at a path of the tree. */
export interface Positions {
  readonly objects: JsonObject[];
  /**
   * Per object the objects on the way to it, the root first, one for each field of the path; null unless they were asked for.
   */
  readonly ancestors: (readonly JsonObject[])[] | null;
  /** Whether something on the way was neither null nor what the plan expects there. */
  misfit: boolean;
}

const ELEMENT = /^([^|]*)(?:\|\[([^\]]*)\])?$/;

/** Compiles the path of a Flatten node: `['products', '@', 'owner|[User]']`, with `''` for the root where conditions are written. */
export function compileFlattenPath(path: readonly (string | number)[]): FlattenPath {
  const steps: Step[] = [];
  for (const element of path) {
    const [, name, types] = ELEMENT.exec(String(element)) ?? [];
    if (name === undefined) throw new Error(`A plan has a path element that is not known: ${element}`);
    // A condition on the root says nothing: its type is known.
    if (name !== '')
      steps.push({ field: name === '@' ? null : name, types: types === undefined ? null : types.split(',') });
  }
  const fields = steps.flatMap(({ field }) => field ?? []);
  const firstList = steps.findIndex(({ field }) => field === null);
  return { steps, fields, prefix: firstList < 0 ? fields : fields.slice(0, firstList) };
}

/** Finds the objects at a path, in the order of the tree. */
export function collectPositions(
  root: JsonObject,
  { steps }: FlattenPath,
  conditions: TypeConditions,
  withAncestors: boolean,
): Positions {
  const positions: Positions = { objects: [], ancestors: withAncestors ? [] : null, misfit: false };
  descend(root, 0, []);
  return positions;

  function descend(value: unknown, from: number, ancestors: readonly JsonObject[]): void {
    let current = value;
    let way = ancestors;
    for (let i = from; i < steps.length; i++) {
      if (current === null || current === undefined) return;
      const { field, types } = steps[i]!;
      if (field === null) return eachItem(current, types, i + 1, way);
      if (!isObject(current)) return void (positions.misfit = true);
      if (withAncestors) way = [...way, current];
      current = readField(current, field);
      if (types !== null && !mayBe(current, types, conditions)) return;
    }
    if (current === null || current === undefined) return;
    if (!isObject(current)) return void (positions.misfit = true);
    positions.objects.push(current);
    positions.ancestors?.push(way);
  }

  function eachItem(list: unknown, types: readonly string[] | null, next: number, way: readonly JsonObject[]): void {
    if (!Array.isArray(list)) return void (positions.misfit = true);
    for (let i = 0; i < list.length; i++) {
      const item: unknown = list[i];
      if (types === null || mayBe(item, types, conditions)) descend(item, next, way);
    }
  }
}

/** Finds the paths of the objects at a path in the client's response. It walks the tree anew: it is for errors alone. */
export function pathsOf(root: JsonObject, { steps }: FlattenPath): Map<JsonObject, readonly (string | number)[]> {
  const paths = new Map<JsonObject, readonly (string | number)[]>();
  descend(root, 0, []);
  return paths;

  function descend(value: unknown, index: number, path: readonly (string | number)[]): void {
    const step = steps[index];
    if (step === undefined) return void (isObject(value) && paths.set(value, path));
    if (step.field !== null) {
      if (isObject(value)) descend(readField(value, step.field), index + 1, [...path, step.field]);
      return;
    }
    if (Array.isArray(value)) value.forEach((item, i) => descend(item, index + 1, [...path, i]));
  }
}

/** What does not say its type may be anything. */
function mayBe(value: unknown, types: readonly string[], { matches }: TypeConditions): boolean {
  if (!isObject(value)) return true;
  const typename = value['__typename'];
  return typeof typename !== 'string' || types.some((type) => matches(typename, type));
}
