/** The versions of so many keys are remembered; the longest unchanged one goes first. */
const REMEMBERED = 100_000;

/** Remembers the highest version per key, of a bounded number of keys. */
export interface VersionMemory {
  /** Whether the key is known to have reached the version. */
  has(key: string, version: number): boolean;
  /** Notes a version. @returns whether it is higher than the one that was known. */
  raise(key: string, version: number): boolean;
}

/** Makes an empty memory. */
export function createVersionMemory(maximum = REMEMBERED): VersionMemory {
  const versions = new Map<string, number>();
  const has = (key: string, version: number) => (versions.get(key) ?? -1) >= version;
  return {
    has,
    raise(key, version) {
      if (has(key, version)) return false;
      // Deleted and set again it is the youngest.
      versions.delete(key);
      versions.set(key, version);
      if (versions.size > maximum) versions.delete(versions.keys().next().value as string);
      return true;
    },
  };
}
