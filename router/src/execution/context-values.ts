import type { FetchDataRewrite } from '@apollo/query-planner';
import type { Positions } from './flatten-path.ts';
import { isObject, readField, writeField, type JsonObject } from './json-value.ts';
import { fragmentType } from './rewrite.ts';
import type { TypeConditions } from './type-conditions.ts';

/** Objects for which the arguments that come from further up in the tree (`@fromContext`) have the same values. */
export interface ContextGroup {
  /** By the names of variables. */
  readonly values: JsonObject;
  readonly objects: JsonObject[];
}

/** Where the value of a variable may stand. */
interface Source {
  readonly variable: string;
  /** How many fields up from the object. */
  readonly levels: number;
  readonly path: readonly string[];
}

/** The variables that are filled from the tree instead of from the client's variables. */
export const contextVariables = (rewrites: readonly FetchDataRewrite[] | undefined): readonly string[] => [
  ...new Set((rewrites ?? []).flatMap((rewrite) => (rewrite.kind === 'KeyRenamer' ? rewrite.renameKeyTo : []))),
];

/**
 * Compiles context rewrites, paths such as `['..', '..', '... on Shop', 'currency']`: `..` is the object that holds the field.
 * A variable may have several: the first that finds something counts.
 * @returns a function that groups objects by the values they find; null when there are no context rewrites.
 */
export function compileContext(
  rewrites: readonly FetchDataRewrite[] | undefined,
  conditions: TypeConditions,
): ((positions: Positions) => ContextGroup[]) | null {
  if (rewrites === undefined || rewrites.length === 0) return null;
  const sources = rewrites.flatMap((rewrite): Source[] => {
    if (rewrite.kind !== 'KeyRenamer') return [];
    const named = rewrite.path.findIndex((element) => element !== '..');
    const levels = named < 0 ? rewrite.path.length : named;
    return [{ variable: rewrite.renameKeyTo, levels, path: rewrite.path.slice(levels) }];
  });
  const variables = contextVariables(rewrites);
  return ({ objects, ancestors }) => {
    const groups = new Map<string, ContextGroup>();
    objects.forEach((object, i) => {
      const values = valuesOf(object, ancestors?.[i] ?? [], sources, conditions);
      const key = variables.map((name) => JSON.stringify(readField(values, name)) ?? '').join('\n');
      const group = groups.get(key);
      if (group) group.objects.push(object);
      else groups.set(key, { values, objects: [object] });
    });
    return [...groups.values()];
  };
}

function valuesOf(
  object: JsonObject,
  ancestors: readonly JsonObject[],
  sources: readonly Source[],
  conditions: TypeConditions,
): JsonObject {
  const values: JsonObject = {};
  for (const { variable, levels, path } of sources) {
    if (readField(values, variable) !== undefined) continue;
    const holder = levels === 0 ? object : ancestors[ancestors.length - levels];
    const value = valueAt(holder, path, 0, conditions);
    if (value !== undefined) writeField(values, variable, value);
  }
  return values;
}

/** @returns undefined when the path leads nowhere in the object, or is one for another type. */
function valueAt(value: unknown, path: readonly string[], at: number, conditions: TypeConditions): unknown {
  const element = path[at];
  if (element === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path, at, conditions) ?? null);
  if (!isObject(value)) return undefined;
  const type = fragmentType(element);
  if (type === null) return valueAt(readField(value, element), path, at + 1, conditions);
  const typename = value['__typename'];
  return typeof typename === 'string' && !conditions.matches(typename, type)
    ? undefined
    : valueAt(value, path, at + 1, conditions);
}
