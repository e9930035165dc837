import { createHash } from 'node:crypto';
import type { CorrectedPlan } from './corrections/correct-plan.ts';
import type { GraphQLSchema } from 'graphql';
import { buildApiSchema } from './build-api-schema.ts';
import { PLANNER_LIMITS, startPlanner, type Planner, type PlannerLimits, type PlanRequest } from './planner.ts';
import type { ReadSupergraph } from './planner-messages.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';

/** One version of the supergraph with the thread that plans over it. */
export interface Generation {
  /** The first 16 hexadecimal digits of the SHA-256 of the SDL. */
  readonly id: string;
  readonly supergraphSdl: string;
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly apiSdl: string;
  readonly facts: SupergraphFacts;
  /**
   * Plans one operation.
   * @throws GraphQLError DOCUMENT_TOO_COMPLEX when it takes too much time or memory, at once when it did before;
   *   SERVICE_UNAVAILABLE when too many wait or the generation is closed; GRAPHQL_VALIDATION_FAILED when it does not fit.
   */
  plan(request: PlanRequest): Promise<CorrectedPlan>;
  /**
   * What the plans of operations depend on, aligned with their texts: a plan of one generation is right on another when
   * both give the same for its text. Null when a plan must be made anew.
   */
  fingerprints(texts: readonly string[]): Promise<readonly (string | null)[]>;
  /** Documents that wait for the planner. */
  readonly waiting: number;
  /** Ends the thread, after the plans under way. */
  close(): Promise<void>;
}

/** The identity of a supergraph: the same text, the same generation. */
export const generationId = (supergraphSdl: string): string =>
  createHash('sha256').update(supergraphSdl).digest('hex').slice(0, 16);

/**
 * Reads a supergraph in a thread of its own, without holding up this one.
 * @param limits those that are not given are PLANNER_LIMITS.
 * @throws SupergraphError with one line when the SDL is no supergraph that can be served.
 */
export async function loadGeneration(supergraphSdl: string, limits: Partial<PlannerLimits> = {}): Promise<Generation> {
  const { planner, supergraph } = await startPlanner(supergraphSdl, { ...PLANNER_LIMITS, ...limits });
  const { apiSdl, definitionStarts } = supergraph;
  const schema = await buildOrClose(planner, () => buildApiSchema(apiSdl, definitionStarts));
  return {
    id: generationId(supergraphSdl),
    supergraphSdl,
    schema,
    apiSdl,
    facts: toFacts(supergraph),
    plan: (request) => planner.plan(request),
    fingerprints: (texts) => planner.fingerprints(texts),
    get waiting() {
      return planner.waiting;
    },
    close: () => planner.close(),
  };
}

async function buildOrClose<Built>(planner: Planner, build: () => Promise<Built>): Promise<Built> {
  try {
    return await build();
  } catch (error) {
    await planner.close();
    throw error;
  }
}

/** Names of types may be names of Object.prototype. */
const toFacts = ({ facts }: ReadSupergraph): SupergraphFacts => ({
  ...facts,
  possibleTypes: withoutPrototype(facts.possibleTypes),
  labelsByField: withoutPrototype(facts.labelsByField),
});

const withoutPrototype = <Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> =>
  Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));

export type { PlannerLimits, PlanRequest } from './planner.ts';
export type { SupergraphFacts } from './supergraph-facts.ts';
export { SupergraphError } from './supergraph-error.ts';
