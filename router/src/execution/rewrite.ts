import type { FetchDataRewrite } from '@apollo/query-planner';
import { isObject, readField, writeField, type JsonObject } from './json-value.ts';
import type { TypeConditions } from './type-conditions.ts';

/** Changes an object of an answer, or of what is asked, in place. */
export interface Rewrite {
  (object: JsonObject): void;
}

const FRAGMENT = '... on ';

/** The type of a path element such as `... on Product`, null for a field. */
export const fragmentType = (element: string): string | null =>
  element.startsWith(FRAGMENT) ? element.slice(FRAGMENT.length) : null;

/** Compiles the rewrites of a fetch, which happen in their order; null when there are none. */
export function compileRewrites(
  rewrites: readonly FetchDataRewrite[] | undefined,
  conditions: TypeConditions,
): Rewrite | null {
  if (rewrites === undefined || rewrites.length === 0) return null;
  const compiled = rewrites.map((rewrite) => compileRewrite(rewrite, conditions));
  return (object) => {
    for (const apply of compiled) apply(object, 0);
  };
}

/** @returns a function of any value and the index of the element of the path that stands before it. */
function compileRewrite(rewrite: FetchDataRewrite, { matches }: TypeConditions): (value: unknown, at: number) => void {
  const { path } = rewrite;
  const last = path.length - 1;
  const name = path[last];
  if (name === undefined || fragmentType(name) !== null)
    throw new Error(`A plan has a rewrite of something that is no field: ${path.join('.')}`);
  const types = path.map(fragmentType);

  function apply(value: unknown, at: number): void {
    if (Array.isArray(value)) for (const item of value) apply(item, at);
    if (!isObject(value)) return;
    if (at === last) return change(value);
    const type = types[at];
    if (type === null || type === undefined) return apply(readField(value, path[at]!), at + 1);
    const typename = value['__typename'];
    // What does not say its type has the field of a rewrite only if it is of that type.
    if (typeof typename !== 'string' || matches(typename, type)) apply(value, at + 1);
  }

  function change(object: JsonObject): void {
    if (rewrite.kind === 'ValueSetter') return writeField(object, name!, rewrite.setValueTo);
    const value = readField(object, name!);
    if (value === undefined) return;
    writeField(object, rewrite.renameKeyTo, value);
    // To delete it would make the object slow. An undefined field counts as none everywhere.
    object[name!] = undefined;
  }

  return apply;
}

/** The names that the planner gave to fields which would not merge, and what clients know them as. */
export function renamedFields(rewrites: readonly FetchDataRewrite[] | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const rewrite of rewrites ?? [])
    if (rewrite.kind === 'KeyRenamer') names.set(rewrite.path.at(-1) ?? '', rewrite.renameKeyTo);
  return names;
}
