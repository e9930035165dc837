/** Where code measures durations and waits. `Clock` tells the time of day instead. */
export interface Timing {
  /** Milliseconds since some moment, of a clock that never goes back. */
  now(): number;
  /** Runs a function once after so many milliseconds; does not keep the process alive. @returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's timers. */
export const systemTiming: Timing = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
