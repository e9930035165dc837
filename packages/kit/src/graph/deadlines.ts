import { systemTiming, type Timing } from '../timing.ts';

/** How late a deadline may be noticed. */
const SWEEP_MS = 100;

/** Something under way that must not take for ever. */
export interface Expiring {
  /** In the milliseconds of `Timing.now()`. */
  readonly expiresAt: number;
  /** Called once, when the time is over; it must not throw. */
  expire(): void;
}

/** Everything under way that has a deadline. */
export interface Deadlines {
  /** In milliseconds; what deadlines are counted from. */
  now(): number;
  watch(entry: Expiring): void;
  /** To be called when it has ended, whether it expired or not. */
  forget(entry: Expiring): void;
}

/**
 * Keeps the deadlines of many short calls with one timer for all of them: each is noticed up to 100 ms late.
 * A timer for each call would cost more than the rest of its bookkeeping. Nothing runs while nothing is watched.
 */
export function createDeadlines(timing: Timing = systemTiming): Deadlines {
  const watched = new Set<Expiring>();
  let sweeping = false;

  const sweep = () => {
    const now = timing.now();
    for (const entry of watched)
      if (entry.expiresAt <= now) {
        watched.delete(entry);
        entry.expire();
      }
    sweeping = watched.size > 0;
    if (sweeping) timing.after(SWEEP_MS, sweep);
  };

  return {
    now: () => timing.now(),
    watch(entry) {
      watched.add(entry);
      if (sweeping) return;
      sweeping = true;
      timing.after(SWEEP_MS, sweep);
    },
    forget(entry) {
      watched.delete(entry);
    },
  };
}
