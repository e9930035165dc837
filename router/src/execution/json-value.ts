/** An object of a subgraph's answer. Its keys may be anything, `__proto__` included. */
export type JsonObject = Record<string, unknown>;

/** Whether a value of an answer is an object and no list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a field of an answer. Objects of JSON inherit functions (`constructor`, `toString`) and `__proto__`, which are no data.
 * JSON has no functions: one that is found was inherited.
 */
export function readField(object: JsonObject, name: string): unknown {
  if (name === '__proto__') return Object.hasOwn(object, name) ? object[name] : undefined;
  const value = object[name];
  return typeof value === 'function' ? undefined : value;
}

/** Sets a field as an own property, whatever its name. */
export function writeField(object: JsonObject, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

/** A copy of what JSON can hold that shares nothing with the original. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const length = value.length;
    const list = new Array<unknown>(length);
    for (let i = 0; i < length; i++) {
      const item: unknown = value[i];
      list[i] = typeof item === 'object' ? copyJson(item) : item;
    }
    return list as T;
  }
  const copy: JsonObject = {};
  for (const key in value) {
    const item: unknown = value[key];
    writeField(copy, key, typeof item === 'object' ? copyJson(item) : item);
  }
  return copy as T;
}
