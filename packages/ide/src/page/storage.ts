/**
 * The browser's storage for one endpoint: several services may share an origin, and each keeps its own tabs, history
 * and settings. `null` where the browser forbids storage; GraphiQL then keeps everything in memory.
 */
export function scopedStorage(path: string): Storage | null {
  const prefix = `ide:${path}:`;
  const storage = localStorageIfAllowed();
  if (!storage) return null;
  const ownNames = () => Object.keys(storage).filter((name) => name.startsWith(prefix));
  return {
    get length() {
      return ownNames().length;
    },
    key: (index) => ownNames()[index]?.slice(prefix.length) ?? null,
    getItem: (name) => storage.getItem(prefix + name),
    setItem: (name, value) => storage.setItem(prefix + name, value),
    removeItem: (name) => storage.removeItem(prefix + name),
    clear: () => ownNames().forEach((name) => storage.removeItem(name)),
  };
}

function localStorageIfAllowed(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null; // The browser throws when storage is switched off.
  }
}
