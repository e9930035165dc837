import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { GraphQLSchema } from 'graphql';
import { readCosts } from '../demand/compile-cost.ts';
import {
  compilePlan,
  compileSubscription,
  type CompiledPlan,
  type CompiledSubscription,
  type ExecutionOutcome,
} from '../execution/compile-plan.ts';
import type { CorrectedPlan } from '../planning/corrections/correct-plan.ts';
import { restoreResponseKeys } from '../planning/corrections/restore-response-keys.ts';
import type { Generation } from '../planning/generation.ts';
import type { Generations } from '../planning/generations.ts';
import { createPlanCache, type PlanCache } from '../planning/plan-cache.ts';
import type { PlanRequest } from '../planning/planner.ts';
import { warmUp } from '../planning/warm-up.ts';
import { readFieldPolicy, type FieldPolicy } from '../policy/field-policy.ts';
import { createKnownOperations, type KnownOperations } from './known-operations.ts';
import type { Compiled } from './known-operation.ts';

/** A graph as its clients see it. */
export interface ServedGraph {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  readonly operations: KnownOperations;
}

/** What is served of one generation: the whole graph, and parts of it by contract. All share the plans. */
export interface ServedGraphs {
  readonly whole: ServedGraph;
  /** By the contract's name; without a prototype. */
  readonly contracts: Readonly<Record<string, ServedGraph>>;
  readonly plans: PlanCache<Compiled>;
}

export type ServedGenerations = Generations<ServedGraphs>;

export interface ServedGraphsOptions {
  readonly clients: (subgraph: string) => GraphClient;
  readonly introspection: boolean;
  readonly logger: Logger;
  /** Refuses a generation that must not be served. */
  readonly check?: (schema: GraphQLSchema, policy: FieldPolicy) => void;
  /** What clients of each contract see of a generation. */
  readonly contracts?: (generation: Generation) => Readonly<Record<string, { schema: GraphQLSchema; sdl: string }>>;
  /** Documents that are planned before the generation takes over. */
  readonly documents?: (schema: GraphQLSchema) => Promise<readonly PlanRequest[]>;
}

/** Makes what is served of a new generation, with the plans that the previous one has used most. */
export const serveGeneration =
  ({ clients, introspection, logger, check, contracts, documents }: ServedGraphsOptions) =>
  async (
    generation: Generation,
    previous: { readonly generation: Generation; readonly made: ServedGraphs } | null,
    signal: AbortSignal,
  ): Promise<ServedGraphs> => {
    const { schema, facts, supergraphSdl } = generation;
    // Each of these reads the whole supergraph, while requests run on the previous one: they get their turns between.
    const policy = readFieldPolicy(supergraphSdl);
    await nextTurn();
    check?.(schema, policy);
    const costs = readCosts(supergraphSdl);
    await nextTurn();
    const seen = contracts?.(generation) ?? {};
    await nextTurn();
    const plans = createPlanCache<Compiled>({
      plan: (request) => generation.plan(request),
      make: (plan, { text }) => ({ ...compile(plan, text, { facts, clients }), queryPlan: plan }),
    });
    const shared = { facts, policy, costs, plans, introspection };
    const serve = (view: { readonly schema: GraphQLSchema; readonly sdl: string }): ServedGraph => ({
      ...view,
      operations: createKnownOperations({ ...shared, schema: view.schema }),
    });
    const report = await warmUp({
      generation,
      cache: plans,
      signal,
      ...(previous ? { previous: { generation: previous.generation, cache: previous.made.plans } } : {}),
      requests: (await documents?.(schema)) ?? [],
    });
    logger.info({ generation: generation.id, ...report }, 'a supergraph is ready');
    const views = Object.entries(seen).map(([name, view]) => [name, serve(view)] as const);
    return {
      whole: serve({ schema, sdl: generation.apiSdl }),
      contracts: Object.assign(Object.create(null), Object.fromEntries(views)) as Record<string, ServedGraph>,
      plans,
    };
  };

/** Compiles a plan; its outcomes have the client's response keys, whichever the plan uses. */
function compile(
  plan: CorrectedPlan,
  text: string,
  options: Pick<Parameters<typeof compilePlan>[1], 'facts' | 'clients'>,
): CompiledPlan | CompiledSubscription {
  const corrected = plan.responseKeys !== undefined || plan.hiddenKeys !== undefined;
  const restored = async (outcome: Promise<ExecutionOutcome>) => restoreResponseKeys(plan, await outcome);
  if (plan.node?.kind === 'Subscription') {
    const compiled = compileSubscription(plan, { ...options, operation: 'subscription' });
    if (!corrected) return compiled;
    return { ...compiled, complete: (event, request) => restored(compiled.complete(event, request)) };
  }
  const compiled = compilePlan(plan, { ...options, operation: text.startsWith('mutation') ? 'mutation' : 'query' });
  return corrected ? { ...compiled, execute: (request) => restored(compiled.execute(request)) } : compiled;
}
