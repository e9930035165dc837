import type { QueryPlan } from '@apollo/query-planner';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { DocumentMeasure } from '@kontor/kit/src/graph/limits.ts';
import {
  Kind,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { compileCost, type CostOf } from '../demand/compile-cost.ts';
import type { Costs } from '../demand/costs.ts';
import type { CompiledPlan, CompiledSubscription } from '../execution/compile-plan.ts';
import type { SupergraphFacts } from '../planning/generation.ts';
import { decideOperation } from '../planning/decide-operation.ts';
import { normaliseOperation, type NormalisedOperation } from '../planning/normalise-operation.ts';
import { relevantLabels } from '../planning/overrides.ts';
import type { PlanRequest } from '../planning/planner.ts';
import type { PlanCache } from '../planning/plan-cache.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';
import { guardOperation, type PermittedOperation } from '../policy/guard-operation.ts';
import { refusalErrors } from '../policy/refusal-errors.ts';
import { createVariableCoercer, type VariableCoercer } from '../response/coerce-variables.ts';
import { decidingVariables, readConditions, type Conditions, type Fragments } from '../response/conditions.ts';
import { compileResponse, type CompiledResponse } from '../response/compile-response.ts';
import { readUsedCoordinates, type UsedCoordinates } from '../telemetry/used-coordinates.ts';

/** A plan that can be executed, with what it was made of. */
export type Compiled = (CompiledPlan | CompiledSubscription) & { readonly queryPlan: QueryPlan };

/** An operation with all that is made of it once, however often it comes. */
export interface KnownOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly name: string | undefined;
  /** The operation as it was normalised. */
  readonly text: string;
  readonly measure: DocumentMeasure;
  readonly coerce: VariableCoercer;
  readonly cost: CostOf;
  /** Labels of progressive overrides that can change its plan. */
  readonly overrideLabels: readonly string[];
  /** What it uses of the schema. */
  readonly used: UsedCoordinates;
  /** The operation as a caller may see it. Callers with the same rights share it. */
  for(caller: Caller): OperationVariant;
}

/** What callers with the same rights get of an operation. */
export interface OperationVariant {
  readonly response: CompiledResponse;
  /** What they do not get. */
  refused(coerced: Readonly<Record<string, unknown>>): readonly GraphQLFormattedError[];
  /** Compiled already, or on its way from the planner; null when there is nothing to ask. */
  plan(coerced: Readonly<Record<string, unknown>>, overrides: readonly string[]): Compiled | Promise<Compiled> | null;
}

export interface OperationOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly facts: SupergraphFacts;
  readonly policy: FieldPolicy;
  readonly costs: Costs;
  readonly plans: Pick<PlanCache<Compiled>, 'peek' | 'get'>;
}

/** Combinations of conditions that are kept of one variant. */
const COMBINATIONS = 64;
const NOTHING_REFUSED: readonly GraphQLFormattedError[] = [];

/** Makes everything of an operation that does not depend on a request. Plans and variants are made when they are first needed. */
export function knowOperation(
  options: OperationOptions,
  { document, operation, text }: NormalisedOperation & { readonly operation: OperationDefinitionNode },
  measure: DocumentMeasure,
): KnownOperation {
  const { schema, facts, policy, costs } = options;
  const whole = { schema, document, operation };
  const guarded = guardOperation({ policy, ...whole });
  const variants = new WeakMap<PermittedOperation, OperationVariant>();
  let used: UsedCoordinates | undefined;
  return {
    kind: operation.operation,
    name: operation.name?.value,
    text,
    measure,
    coerce: createVariableCoercer(schema, operation),
    cost: compileCost({ costs, ...whole }),
    overrideLabels: relevantLabels(facts, schema, document),
    get used() {
      return (used ??= readUsedCoordinates(schema, document));
    },
    for(caller) {
      const permitted = guarded.for(caller);
      let variant = variants.get(permitted);
      if (!variant) variants.set(permitted, (variant = createVariant(options.plans, whole, permitted)));
      return variant;
    },
  };
}

function createVariant(
  plans: OperationOptions['plans'],
  whole: Parameters<typeof compileResponse>[0],
  { document, refused, refusedFields }: PermittedOperation,
): OperationVariant {
  const requestFor = document === null ? () => null : planRequests(whole.schema, document);
  return {
    response: compileResponse({ ...whole, refusedFields }),
    refused: refused.length === 0 ? () => NOTHING_REFUSED : (coerced) => refusalErrors(refused, coerced),
    plan(coerced, overrides) {
      const request = requestFor(coerced);
      if (request === null) return null;
      const chosen = overrides.length === 0 ? request : { ...request, overrides };
      return plans.peek(chosen) ?? plans.get(chosen);
    },
  };
}

/** What is planned of a document under the conditions that variables decide; kept for the combinations that were used last. */
function planRequests(
  schema: GraphQLSchema,
  document: DocumentNode,
): (coerced: Readonly<Record<string, unknown>>) => PlanRequest | null {
  const operation = document.definitions[0] as OperationDefinitionNode;
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const deciding = decidingVariables(operation, fragments);
  const request = (conditions: Conditions): PlanRequest | null => {
    const decided = decideOperation(schema, document, conditions);
    return decided && { text: normaliseOperation(decided, decided.definitions[0] as OperationDefinitionNode).text };
  };
  if (deciding.length === 0) {
    let only: PlanRequest | null | undefined;
    return () => (only === undefined ? (only = request(new Map())) : only);
  }
  const kept = new LRUCache<string, { readonly request: PlanRequest | null }>({ max: COMBINATIONS });
  return (coerced) => {
    const conditions = readConditions(deciding, coerced);
    const key = [...conditions.values()].join();
    let entry = kept.get(key);
    if (!entry) kept.set(key, (entry = { request: request(conditions) }));
    return entry.request;
  };
}
