import type { Generation } from './generation.ts';
import type { KeptPlan, PlanCache } from './plan-cache.ts';
import type { PlanRequest } from './planner.ts';

/** Operations that are taken over, documents that are read, how long it may take, how many wait at the planner at once. */
const MOST = 1_000;
const TIME_LIMIT_MS = 10_000;
const CONCURRENCY = 4;
/** Few enough that a request which must be planned does not wait behind them for long. */
const TEXTS_AT_ONCE = 50;

export interface WarmUpOptions {
  readonly generation: Pick<Generation, 'fingerprints'>;
  /** The cache of the new generation. */
  readonly cache: Pick<PlanCache<unknown>, 'get' | 'keep'>;
  /** What served until now, and goes on while the new generation is warmed. */
  readonly previous?: {
    readonly generation: Pick<Generation, 'fingerprints'>;
    readonly cache: Pick<PlanCache<unknown>, 'mostUsed'>;
  };
  /** More to plan: the documents of a folder, see read-documents.ts. */
  readonly requests?: readonly PlanRequest[];
  readonly most?: number;
  readonly timeLimitMs?: number;
  readonly concurrency?: number;
  /** Ends it early: something newer waits. */
  readonly signal?: AbortSignal;
}

export interface WarmUpReport {
  /** Plans of the previous generation that are right on this one. */
  readonly carried: number;
  readonly planned: number;
  /** Operations that cannot be planned any more. */
  readonly failed: number;
  /** What there was no time for. */
  readonly skipped: number;
}

/**
 * Fills the plan cache of a new generation before it takes over: with the plans of the previous one that are still right,
 * and by planning again what else was used most. Never fails: what is missing is planned when somebody asks for it.
 */
export async function warmUp(options: WarmUpOptions): Promise<WarmUpReport> {
  const { previous, requests = [], most = MOST, timeLimitMs = TIME_LIMIT_MS, concurrency = CONCURRENCY } = options;
  const end = createDeadline(timeLimitMs, options.signal);
  try {
    const used = previous?.cache.mostUsed(most) ?? [];
    const carried = new Set<KeptPlan>();
    if (previous) await carryOver(used, { ...options, previous }, end, carried);
    const toPlan = [...used.filter((kept) => !carried.has(kept)).map(({ request }) => request), ...requests].slice(
      0,
      most,
    );
    const done = await planAll(toPlan, options.cache, concurrency, end);
    return { carried: carried.size, ...done, skipped: toPlan.length - done.planned - done.failed };
  } finally {
    end.clear();
  }
}

/** Keeps the plans whose texts mean the same on both generations. */
async function carryOver(
  used: readonly KeptPlan[],
  { generation, cache, previous }: WarmUpOptions & Required<Pick<WarmUpOptions, 'previous'>>,
  end: Deadline,
  carried: Set<KeptPlan>,
): Promise<void> {
  for (let from = 0; from < used.length && !end.reached; from += TEXTS_AT_ONCE) {
    const some = used.slice(from, from + TEXTS_AT_ONCE);
    const texts = some.map(({ request }) => request.text);
    const fingerprints = await end.orNull(
      Promise.all([previous.generation, generation].map((one) => one.fingerprints(texts))),
    );
    const [before, after] = fingerprints ?? [];
    // No time, or a planner that cannot say: all are planned anew.
    if (!before || !after) return;
    for (const [position, kept] of some.entries()) {
      const fingerprint = before[position];
      if (typeof fingerprint !== 'string' || fingerprint !== after[position]) continue;
      cache.keep(kept);
      carried.add(kept);
    }
  }
}

async function planAll(
  requests: readonly PlanRequest[],
  cache: WarmUpOptions['cache'],
  concurrency: number,
  end: Deadline,
): Promise<{ planned: number; failed: number }> {
  const waiting = requests.values();
  let planned = 0;
  let failed = 0;
  const planSome = async () => {
    for (const request of waiting) {
      if (end.reached) return;
      try {
        await cache.get(request);
        planned += 1;
      } catch {
        // It does not fit the new schema, or was too much for the planner: whoever sends it is told.
        failed += 1;
      }
    }
  };
  // What is under way when time is up goes on by itself, for those who may ask for it next.
  await end.orNull(Promise.all(Array.from({ length: concurrency }, planSome)));
  return { planned, failed };
}

interface Deadline {
  readonly reached: boolean;
  /** Null when time is up first, or when it fails. */
  orNull<Result>(work: Promise<Result>): Promise<Result | null>;
  clear(): void;
}

function createDeadline(timeLimitMs: number, signal: AbortSignal | undefined): Deadline {
  const { promise, resolve } = Promise.withResolvers<null>();
  let reached = signal?.aborted ?? false;
  const end = () => {
    reached = true;
    resolve(null);
  };
  if (reached) end();
  const timer = setTimeout(end, timeLimitMs);
  signal?.addEventListener('abort', end, { once: true });
  return {
    get reached() {
      return reached;
    },
    orNull: (work) => Promise.race([promise, work.catch(() => null)]),
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}
