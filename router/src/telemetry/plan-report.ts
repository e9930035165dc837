import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import type { GraphRequest } from '@kontor/kit/src/graph/graph.ts';
import type { FetchObserver, FetchRecord } from '../execution/compile-plan.ts';
import { describePlan, type DescribedNode } from './describe-plan.ts';
import { printPlan } from './print-plan.ts';

/** One request to a subgraph. Times are in milliseconds since the request came. */
export interface FetchTiming {
  readonly startMs: number;
  readonly endMs: number;
  /** Different entities that were asked for; 0 for root fields. */
  readonly representations: number;
  /** Whether an identical request was under way already. */
  readonly shared: boolean;
  readonly errors: number;
}

/** `extensions.queryPlan` of an answer. */
export interface ToldPlan {
  readonly text: string;
  /** Null when nothing had to be asked. */
  readonly node: DescribedNode | null;
}

/** Collects how one request is executed. */
export interface PlanReport {
  take(plan: QueryPlan): void;
  readonly observe: FetchObserver;
  tell(): ToldPlan;
}

/** Whether a request asks for its plan: `extensions: { queryPlan: true }`. */
export const wantsPlan = ({ extensions }: GraphRequest): boolean =>
  extensions !== undefined && Object.hasOwn(extensions, 'queryPlan') && extensions['queryPlan'] === true;

/** @param observe is told of each fetch, too. */
export function createPlanReport(observe?: FetchObserver): PlanReport {
  const startedAt = performance.now();
  const timings = new Map<FetchNode, FetchTiming[]>();
  let plan: QueryPlan | undefined;
  return {
    take: (taken) => void (plan = taken),
    observe(fetch) {
      const timing = timingOf(fetch, startedAt);
      const known = timings.get(fetch.node);
      if (known) known.push(timing);
      else timings.set(fetch.node, [timing]);
      observe?.(fetch);
    },
    tell() {
      const node = plan?.node ? describePlan(plan.node, timings) : null;
      return { text: printPlan(node), node };
    },
  };
}

const timingOf = (
  { startedAt, endedAt, representations, shared, errors }: FetchRecord,
  since: number,
): FetchTiming => ({
  startMs: rounded(startedAt - since),
  endMs: rounded(endedAt - since),
  representations,
  shared,
  errors,
});

const rounded = (durationMs: number): number => Math.round(durationMs * 100) / 100;
