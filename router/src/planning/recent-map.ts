/** A map of bounded size that forgets what was not used for longest. */
export interface RecentMap<Value> {
  /** Counts as use. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  readonly size: number;
  /** Least recently used first. */
  entries(): Iterable<readonly [key: string, value: Value]>;
}

/** @param most entries at most. */
export function createRecentMap<Value extends object>(most: number): RecentMap<Value> {
  // A Map iterates in the order of insertion: what is used is inserted again, so that the first is the oldest.
  const entries = new Map<string, Value>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= most) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    },
    delete: (key) => void entries.delete(key),
    get size() {
      return entries.size;
    },
    entries: () => entries.entries(),
  };
}
