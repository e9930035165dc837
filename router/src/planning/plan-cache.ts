import { LRUCache } from 'lru-cache';
import type { CorrectedPlan } from './corrections/correct-plan.ts';
import type { PlanRequest } from './planner.ts';

/** Plans that are kept, unless another number is given. */
const PLANS = 2_000;

/** A plan that is kept, for a cache of another generation. */
export interface KeptPlan {
  readonly request: PlanRequest;
  readonly plan: CorrectedPlan;
  /** How often it was asked for; carried over it counts half, so that habits can change. */
  readonly uses: number;
}

export interface PlanCacheCounters {
  readonly hits: number;
  readonly misses: number;
  readonly size: number;
}

/** Keeps what is made of plans, by text and overrides. */
export interface PlanCache<Made = CorrectedPlan> {
  /** What is kept, at once; a request without is not counted. */
  peek(request: PlanRequest): Made | undefined;
  /** What is kept, or made now. Those who ask for the same while it is planned wait for the same plan. */
  get(request: PlanRequest): Promise<Made>;
  /** Takes a plan that is known to be right, unless there is one. */
  keep(kept: KeptPlan): void;
  /** Most used first. */
  mostUsed(most: number): KeptPlan[];
  readonly counters: PlanCacheCounters;
}

export interface PlanCacheOptions<Made> {
  readonly plan: (request: PlanRequest) => Promise<CorrectedPlan>;
  /** Makes of a plan what is executed. */
  readonly make: (plan: CorrectedPlan, request: PlanRequest) => Made;
  readonly most?: number;
}

interface Entry<Made> {
  readonly request: PlanRequest;
  readonly plan: CorrectedPlan;
  readonly made: Made;
  uses: number;
}

/**
 * A cache of plans, of bounded size. A failure is not kept: the next request tries again. What takes the planner too long
 * is remembered by the planner itself, which refuses it at once.
 */
export function createPlanCache<Made>({ plan, make, most = PLANS }: PlanCacheOptions<Made>): PlanCache<Made> {
  const entries = new LRUCache<string, Entry<Made>>({ max: most });
  // Not longer than the queue of the planner, which refuses what is too much.
  const underWay = new Map<string, Promise<Made>>();
  let hits = 0;
  let misses = 0;

  const use = (key: string): Entry<Made> | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entry.uses += 1;
    hits += 1;
    return entry;
  };
  const planNow = async (key: string, request: PlanRequest): Promise<Made> => {
    try {
      const planned = await plan(request);
      const made = make(planned, request);
      entries.set(key, { request, plan: planned, made, uses: 1 });
      return made;
    } finally {
      underWay.delete(key);
    }
  };
  return {
    peek: (request) => use(keyOf(request))?.made,
    async get(request) {
      const key = keyOf(request);
      const entry = use(key);
      if (entry) return entry.made;
      misses += 1;
      let promise = underWay.get(key);
      if (!promise) underWay.set(key, (promise = planNow(key, request)));
      return promise;
    },
    keep({ request, plan: kept, uses }) {
      const key = keyOf(request);
      if (entries.get(key)) return;
      entries.set(key, { request, plan: kept, made: make(kept, request), uses: Math.ceil(uses / 2) });
    },
    mostUsed: (most) =>
      Array.from(entries.entries(), ([, { request, plan: kept, uses }]) => ({ request, plan: kept, uses }))
        .sort((a, b) => b.uses - a.uses)
        .slice(0, most),
    get counters() {
      return { hits, misses, size: entries.size };
    },
  };
}

/** No text of a document and no label has a null character. */
const keyOf = ({ text, overrides = [] }: PlanRequest): string =>
  overrides.length === 0 ? text : `${text}\0${[...overrides].sort().join('\0')}`;
