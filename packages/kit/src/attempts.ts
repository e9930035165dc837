import { LRUCache } from 'lru-cache';
import { systemClock, type Clock } from './clock.ts';

/** Counts attempts at a secret, so that nobody can guess on. */
export interface Attempts {
  /**
   * Counts an attempt before it is made, so that attempts at once are counted, too.
   * @returns null when it may be made, else how long to wait in milliseconds.
   */
  take(key: string): number | null;
  /** An attempt was not made after all. */
  giveBack(key: string): void;
  /** An attempt succeeded: what was counted is forgotten. */
  clear(key: string): void;
}

export interface AttemptsOptions {
  /** Attempts at most in a window, which begins with the first of them. */
  readonly most: number;
  readonly windowMs: number;
  /** Keys that are remembered. More than can be tried in a window, or somebody could have one forgotten by trying others. */
  readonly keys: number;
  readonly clock?: Clock;
}

/** Counts in memory: every process counts for itself, and a restart begins anew. */
export function createAttempts({ most, windowMs, keys, clock = systemClock }: AttemptsOptions): Attempts {
  const windows = new LRUCache<string, { count: number; readonly endsAt: number }>({ max: keys });
  const current = (key: string) => {
    const window = windows.get(key);
    return window && window.endsAt > clock.now().getTime() ? window : null;
  };
  return {
    take(key) {
      const now = clock.now().getTime();
      const window = current(key);
      if (!window) windows.set(key, { count: 1, endsAt: now + windowMs });
      else if (window.count >= most) return window.endsAt - now;
      else window.count += 1;
      return null;
    },
    giveBack(key) {
      const window = current(key);
      if (!window) return;
      window.count -= 1;
      // What was never tried takes no room, so that nobody is forgotten for it.
      if (window.count === 0) windows.delete(key);
    },
    clear: (key) => void windows.delete(key),
  };
}
