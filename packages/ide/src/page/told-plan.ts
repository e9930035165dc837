import type { ExecutionResult } from 'graphql';

/** One request to a subgraph, in milliseconds since the operation came. */
export interface ToldFetch {
  subgraph: string;
  startMs: number;
  endMs: number;
  representations: number;
  shared: boolean;
  errors: number;
}

/** What `extensions.queryPlan` of an answer says. */
export interface ToldPlan {
  text: string;
  /** In the order in which they began; a fetch that was not sent is not among them. */
  fetches: ToldFetch[];
}

interface PlanNode {
  subgraph?: string;
  timings?: Omit<ToldFetch, 'subgraph'>[];
  nodes?: PlanNode[];
  node?: PlanNode | null;
  then?: PlanNode | null;
  otherwise?: PlanNode | null;
}

/** Takes the plan out of an answer, so that the pane of responses shows what a client gets. Without a plan the answer stays as it is. */
export function takePlan(result: ExecutionResult): { result: ExecutionResult; plan: ToldPlan | undefined } {
  const { queryPlan, ...others } = result.extensions ?? {};
  const told = queryPlan as { text?: unknown; node?: PlanNode | null } | undefined;
  if (typeof told?.text !== 'string') return { result, plan: undefined };
  const { extensions: _taken, ...rest } = result;
  return {
    result: Object.keys(others).length > 0 ? { ...rest, extensions: others } : rest,
    plan: { text: told.text, fetches: fetchesOf(told.node).sort((a, b) => a.startMs - b.startMs) },
  };
}

function fetchesOf(node: PlanNode | null | undefined): ToldFetch[] {
  if (!node) return [];
  const { subgraph, timings = [], nodes = [], node: inner, then, otherwise } = node;
  const own = subgraph === undefined ? [] : timings.map((timing) => ({ subgraph, ...timing }));
  return [...own, ...[...nodes, inner, then, otherwise].flatMap(fetchesOf)];
}
