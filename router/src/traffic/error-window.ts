const SLOTS = 10;

/** What happened within the last moments. */
export interface WindowCounts {
  readonly requests: number;
  readonly failures: number;
}

/** Counts requests and failures over a sliding window. */
export interface ErrorWindow {
  add(failed: boolean): void;
  counts(): WindowCounts;
  clear(): void;
}

/**
 * Makes a window of ten slots that are reused: constant memory, and what is older than the window is forgotten a tenth at a time.
 * @param windowMs its length.
 * @param now milliseconds of a clock that never goes back.
 */
export function createErrorWindow(windowMs: number, now: () => number): ErrorWindow {
  const slotMs = windowMs / SLOTS;
  const requests = new Float64Array(SLOTS);
  const failures = new Float64Array(SLOTS);
  let newest = Math.floor(now() / slotMs);

  const forgetOld = () => {
    const slot = Math.floor(now() / slotMs);
    for (let each = Math.max(newest + 1, slot - SLOTS + 1); each <= slot; each += 1) {
      requests[each % SLOTS] = 0;
      failures[each % SLOTS] = 0;
    }
    newest = slot;
    return slot % SLOTS;
  };
  const sum = (slots: Float64Array) => slots.reduce((total, count) => total + count, 0);

  return {
    add(failed) {
      const index = forgetOld();
      requests[index]! += 1;
      if (failed) failures[index]! += 1;
    },
    counts() {
      forgetOld();
      return { requests: sum(requests), failures: sum(failures) };
    },
    clear() {
      requests.fill(0);
      failures.fill(0);
    },
  };
}
