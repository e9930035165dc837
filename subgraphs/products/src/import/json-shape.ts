// The shapes of JSON from outside, checked without trusting any of it: own properties alone, and nothing is copied that was not asked for.

/** Where a value is not as it should be. */
export interface ShapeFault {
  /** Such as `variants[3].sku`. */
  readonly path: string;
  readonly reason: string;
}

/** Checks a value at a path. */
export type Shape = (value: unknown, path: string) => ShapeFault | null;

const check =
  (holds: (value: unknown) => boolean, reason: string): Shape =>
  (value, path) =>
    holds(value) ? null : { path, reason: `${path} ${reason}.` };

export const aText = check((value) => typeof value === 'string', 'must be a text');
export const aFlag = check((value) => typeof value === 'boolean', 'must be true or false');
export const aWhole = check((value) => Number.isSafeInteger(value), 'must be a whole number');
/** Anything that JSON has: whoever takes it checks it. */
export const anything: Shape = () => null;

/** One of some words. */
export const oneOf = (...words: readonly string[]): Shape =>
  check((value) => typeof value === 'string' && words.includes(value), `must be one of ${words.join(', ')}`);

/** The same, or null, or absent. */
export const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value == null ? null : shape(value, path);

/** A list of at most so many. */
export const listOf =
  (shape: Shape, maximum: number): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return { path, reason: `${path} must be a list.` };
    if (value.length > maximum)
      return { path, reason: `${path} has ${value.length} entries, and ${maximum} are read.` };
    for (const [index, entry] of value.entries()) {
      const fault = shape(entry, `${path}[${index}]`);
      if (fault) return fault;
    }
    return null;
  };

/** An object with these fields; others are nobody's business here. */
export const objectOf =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { path, reason: `${path === '' ? 'The line' : path} must be an object.` };
    for (const [name, shape] of Object.entries(fields)) {
      const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      const fault = shape(own, path === '' ? name : `${path}.${name}`);
      if (fault) return fault;
    }
    return null;
  };

/** The own fields of an object that are named, as far as they are there. */
export const pick = (value: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, (value as Record<string, unknown>)[name]]),
  );
