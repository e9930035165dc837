/** Values in the order of `keys`, null where there is none: what a DataLoader's batch function has to return. */
export function alignByKey<K, V>(keys: readonly K[], values: Iterable<V>, keyOf: (value: V) => K): (V | null)[] {
  const byKey = new Map<K, V>();
  for (const value of values) byKey.set(keyOf(value), value);
  return keys.map((key) => byKey.get(key) ?? null);
}

/** Lists of values in the order of `keys`, empty where there are none; values keep their order. */
export function groupByKey<K, V>(keys: readonly K[], values: Iterable<V>, keyOf: (value: V) => K): V[][] {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return keys.map((key) => groups.get(key) ?? []);
}
