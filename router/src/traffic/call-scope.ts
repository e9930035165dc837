import type { Deadlines, Expiring } from '@kontor/kit/src/graph/deadlines.ts';
import type { Timing } from '@kontor/kit/src/timing.ts';

/** The time of one call with all its tries. */
export interface CallScope {
  /** Aborted when the time is over or the caller gives up. */
  readonly signal: AbortSignal;
  /** Waits. @throws the signal's reason when it is aborted before the end. */
  pause(durationMs: number, timing: Timing): Promise<void>;
  /** Takes every trace of the call away. */
  close(): void;
}

/**
 * Opens the time of one call.
 * @param outer the caller's signal, if any; what is rejected with then is its reason.
 * @param expired makes what is rejected with when the time is over.
 */
export function openCallScope(
  outer: AbortSignal | undefined,
  timeoutMs: number,
  deadlines: Deadlines,
  expired: () => Error,
): CallScope {
  return new Scope(outer, deadlines.now() + timeoutMs, deadlines, expired);
}

class Scope implements CallScope, Expiring {
  readonly expiresAt: number;
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #deadlines: Deadlines;
  readonly #expired: () => Error;

  constructor(outer: AbortSignal | undefined, expiresAt: number, deadlines: Deadlines, expired: () => Error) {
    this.signal = this.#controller.signal;
    this.expiresAt = expiresAt;
    this.#outer = outer;
    this.#deadlines = deadlines;
    this.#expired = expired;
    deadlines.watch(this);
    // By hand: AbortSignal.any and AbortSignal.timeout cost more than all the rest of a call's bookkeeping.
    if (outer?.aborted) this.handleEvent();
    else outer?.addEventListener('abort', this);
  }

  /** The caller's signal was aborted. */
  handleEvent() {
    this.#controller.abort(this.#outer!.reason);
  }

  expire() {
    this.#controller.abort(this.#expired());
  }

  pause(durationMs: number, timing: Timing): Promise<void> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const cancel = timing.after(durationMs, resolve);
      signal.addEventListener(
        'abort',
        () => {
          cancel();
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  close() {
    this.#deadlines.forget(this);
    this.#outer?.removeEventListener('abort', this);
  }
}
