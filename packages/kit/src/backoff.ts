import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  /** The first pause in milliseconds, before jitter. */
  readonly firstMs: number;
  /** The longest pause in milliseconds, before jitter. */
  readonly mostMs: number;
  /** From 0 to below 1; injected so that tests can tell the pauses. */
  readonly random?: () => number;
}

/** Pauses that double until a bound. */
export interface Backoff {
  /** The next pause in milliseconds: a random part of the second half, so that those who failed together do not return together. */
  next(): number;
  /** After a success: begins with the first pause again. */
  reset(): void;
}

/** Counts the pauses between tries of one thing. */
export function createBackoff({ firstMs, mostMs, random = Math.random }: BackoffOptions): Backoff {
  let baseMs = firstMs;
  return {
    next() {
      const pauseMs = baseMs / 2 + (baseMs / 2) * random();
      baseMs = Math.min(baseMs * 2, mostMs);
      return pauseMs;
    },
    reset() {
      baseMs = firstMs;
    },
  };
}

/** Waits, or until the signal is aborted; never rejects and does not keep the process alive. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal, ref: false }).catch(() => undefined);
}
