import { NoAnswerError } from '@kontor/kit/src/graph/no-answer.ts';

/** How soon one is told to come again when there is no place: this and up to twice as much. */
const RETRY_AFTER_MS = 500;

export interface BulkheadPolicy {
  /** Calls at one time. */
  readonly maxConcurrent: number;
  /** Calls that wait for a place. */
  readonly maxQueue: number;
}

/** Places for calls at one upstream, so that a slow one does not take all there is. */
export interface Bulkhead {
  /** Takes a place if one is free. */
  tryEnter(): boolean;
  /**
   * Waits for a place, first come first served.
   * @throws NoAnswerError (refused) when too many wait; the signal's reason when it is aborted before.
   */
  wait(signal: AbortSignal): Promise<void>;
  /** Gives the place to who waits longest, or frees it. */
  leave(): void;
  readonly running: number;
  readonly queued: number;
}

/** Makes the places of one upstream. @param random from 0 to below 1, so that those who are refused together do not return together. */
export function createBulkhead(name: string, policy: BulkheadPolicy, random: () => number): Bulkhead {
  const waiting = new Set<() => void>();
  let running = 0;
  return {
    tryEnter() {
      if (running >= policy.maxConcurrent) return false;
      running += 1;
      return true;
    },
    wait: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        if (waiting.size >= policy.maxQueue) {
          const retryAfterMs = Math.ceil(RETRY_AFTER_MS * (1 + random()));
          return reject(new NoAnswerError('refused', `${name} has too much to do now.`, retryAfterMs));
        }
        const giveUp = () => {
          waiting.delete(enter);
          reject(signal.reason as Error);
        };
        const enter = () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        waiting.add(enter);
        signal.addEventListener('abort', giveUp, { once: true });
      }),
    leave() {
      const [first] = waiting;
      if (first === undefined) {
        running -= 1;
        return;
      }
      // The place passes on: nobody who came later can take it in between.
      waiting.delete(first);
      first();
    },
    get running() {
      return running;
    },
    get queued() {
      return waiting.size;
    },
  };
}
