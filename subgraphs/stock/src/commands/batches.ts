/** Runs requests in batches; a full queue refuses. */
export interface Batches<Request, Outcome> {
  /** Waits for the request's turn and its outcome; null when the queue is full. */
  run(request: Request): Promise<Outcome> | null;
  /** How many requests wait for their batch. */
  readonly waiting: number;
  /** Milliseconds after which the queue will have moved on, by the last batches. */
  readonly retryAfterMs: number;
}

interface Waiting<Request, Outcome> {
  readonly request: Request;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;
/** The weight of the newest batch in the mean of how long one takes. */
const NEWEST = 0.2;

/**
 * One queue in front of a command that takes many requests at once: what arrives while a batch runs goes as the next one, in the order
 * of arrival. No timer: a request that finds the queue idle goes at once, alone.
 * @param options.execute outcomes aligned with the requests. When it throws, the requests are tried one by one, so that one that
 * breaks something breaks no other.
 * @param options.weight how much of a batch a request takes. @param options.keyOf requests with one key never share a batch.
 */
export function createBatches<Request, Outcome>(options: {
  readonly execute: (requests: readonly Request[]) => Promise<Outcome[]>;
  readonly keyOf: (request: Request) => string;
  readonly weight: (request: Request) => number;
  readonly maxWeight: number;
  readonly maxWaiting: number;
  /** Whether a failure hits every request alike, so that trying them one by one is of no use. */
  readonly isCommon: (error: unknown) => boolean;
}): Batches<Request, Outcome> {
  const { execute, keyOf, weight, maxWeight, maxWaiting, isCommon } = options;
  let queue: Waiting<Request, Outcome>[] = [];
  let running = false;
  let batchMs = 5;
  let batchSize = 1;

  const take = (): Waiting<Request, Outcome>[] => {
    const keys = new Set<string>();
    const batch: Waiting<Request, Outcome>[] = [];
    const rest: Waiting<Request, Outcome>[] = [];
    let taken = 0;
    for (const each of queue) {
      const size = weight(each.request);
      const key = keyOf(each.request);
      if (!keys.has(key) && (batch.length === 0 || taken + size <= maxWeight)) {
        keys.add(key);
        taken += size;
        batch.push(each);
      } else rest.push(each);
    }
    queue = rest;
    return batch;
  };

  /** Runs a batch. @returns what tells those who asked. */
  const settle = async (batch: readonly Waiting<Request, Outcome>[]): Promise<() => void> => {
    try {
      const outcomes = await execute(batch.map(({ request }) => request));
      return () => batch.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
    } catch (error) {
      if (batch.length === 1 || isCommon(error)) return () => batch.forEach(({ reject }) => reject(error));
      for (const each of batch) (await settle([each]))();
      return () => undefined;
    }
  };

  const drain = async (): Promise<void> => {
    running = true;
    let told = () => undefined as void;
    while (queue.length > 0) {
      const batch = take();
      const startedAt = performance.now();
      const settling = settle(batch);
      // While the database works on the next batch, those of the last one go on.
      told();
      told = await settling;
      batchMs += (performance.now() - startedAt - batchMs) * NEWEST;
      batchSize += (batch.length - batchSize) * NEWEST;
    }
    running = false;
    told();
  };

  return {
    run(request) {
      if (queue.length >= maxWaiting) return null;
      return new Promise((resolve, reject) => {
        queue.push({ request, resolve, reject });
        if (!running) void drain();
      });
    },
    get waiting() {
      return queue.length;
    },
    get retryAfterMs() {
      const waitMs = (queue.length / Math.max(1, batchSize)) * batchMs;
      return Math.round(Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, waitMs)));
    },
  };
}
