import type { QueryPlan } from '@apollo/query-planner';
import { compileNode } from './compile-node.ts';
import type {
  CompiledPlan,
  CompiledSubscription,
  ExecutionOutcome,
  ExecutionRequest,
  PlanOptions,
} from './execution.ts';
import { compileFetch, type CompiledFetch, type FetchOptions } from './fetch.ts';
import { compileFlattenPath } from './flatten-path.ts';
import { isObject } from './json-value.ts';
import { createMerge } from './merge.ts';
import { isWanted, type Node, type Run } from './run.ts';
import { decideCopies } from './shared-objects.ts';
import { compileTypeConditions } from './type-conditions.ts';

export type {
  CompiledPlan,
  CompiledSubscription,
  ExecutionOutcome,
  ExecutionRequest,
  FetchObserver,
  FetchRecord,
  PlanOptions,
} from './execution.ts';

/**
 * Compiles a plan of a query or mutation, to be run any number of times, at the same time too.
 * @throws for a plan that no planner of ours makes.
 */
export function compilePlan(plan: QueryPlan, options: PlanOptions): CompiledPlan {
  const { node } = plan;
  if (node?.kind === 'Subscription') throw new Error('The plan of a subscription cannot be run as a query.');
  const fetches: CompiledFetch[] = [];
  const main = compileNode(node, [], fetchOptions(options), fetches);
  decideCopies(fetches);
  return {
    subgraphs: subgraphsOf(fetches),
    execute: (request) => runNode(main, { request, root: request.root ?? {}, errors: [] }),
  };
}

/**
 * Compiles a plan of a subscription. Deferred parts and fetches after an event are as in a query.
 * @throws for the plan of anything else.
 */
export function compileSubscription(plan: QueryPlan, options: PlanOptions): CompiledSubscription {
  const { node } = plan;
  if (node?.kind !== 'Subscription') throw new Error('This plan is none of a subscription.');
  const shared = fetchOptions(options);
  const primary = compileFetch(node.primary, compileFlattenPath([]), shared);
  const fetches: CompiledFetch[] = [];
  const rest = compileNode(node.rest, [], shared, fetches);
  decideCopies([primary, ...fetches]);
  return {
    subgraph: primary.subgraph,
    request: (variables) => primary.request(variables),
    async complete(event, request) {
      const run: Run = { request, root: {}, errors: [] };
      primary.answer.take(run, { objects: [run.root], indexes: null, count: 0 }, event);
      return runNode(isObject(event.data) ? rest : () => undefined, run);
    },
  };
}

const fetchOptions = ({ clients, operation, facts }: PlanOptions): FetchOptions => {
  const conditions = compileTypeConditions(facts.possibleTypes);
  return { clients, operation, conditions, merge: createMerge(conditions) };
};

const subgraphsOf = (fetches: readonly CompiledFetch[]): readonly string[] => [
  ...new Set(fetches.map(({ subgraph }) => subgraph)),
];

async function runNode(node: Node, run: Run): Promise<ExecutionOutcome> {
  const pending = node(run);
  if (pending !== undefined) await pending;
  if (!isWanted(run)) throw abortReason(run.request);
  return { data: run.root, errors: run.errors };
}

const abortReason = ({ call }: ExecutionRequest): Error => call.signal?.reason as Error;
