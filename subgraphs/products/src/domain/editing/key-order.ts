/**
 * JSON with the keys of all objects in order, so that two that hold the same are written the same: PostgreSQL gives keys in an order of its
 * own, and callers in any.
 */
export function inKeyOrder<Json>(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inKeyOrder) as Json;
  const entries = Object.entries(value);
  if (entries.length === 0) return value;
  // `fromEntries` defines keys and never sets them: `__proto__` stays a key like any other.
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, held]) => [key, inKeyOrder(held)]),
  ) as Json;
}

/** Whether two pieces of JSON, both in the order of their keys, hold the same. */
export const sameJson = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);
