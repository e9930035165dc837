import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { DocumentMeasure } from '@kontor/kit/src/graph/limits.ts';
import type { GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { compileCost, type CostOf } from '../demand/compile-cost.ts';
import type { Costs } from '../demand/costs.ts';
import type { CompiledPlan, CompiledSubscription } from '../execution/compile-plan.ts';
import type { SupergraphFacts } from '../planning/generation.ts';
import { normaliseOperation, type NormalisedOperation } from '../planning/normalise-operation.ts';
import { relevantLabels } from '../planning/overrides.ts';
import type { PlanCache } from '../planning/plan-cache.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';
import { guardOperation, type PermittedOperation } from '../policy/guard-operation.ts';
import { refusalErrors } from '../policy/refusal-errors.ts';
import { createVariableCoercer, type VariableCoercer } from '../response/coerce-variables.ts';
import { compileResponse, type CompiledResponse } from '../response/compile-response.ts';

export type Compiled = CompiledPlan | CompiledSubscription;

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
  /** The operation as a caller may see it. Callers with the same rights share it. */
  for(caller: Caller): OperationVariant;
}

/** What callers with the same rights get of an operation. */
export interface OperationVariant {
  readonly response: CompiledResponse;
  /** Whether anything is left to ask. */
  readonly asks: boolean;
  /** What they do not get. */
  refused(coerced: Readonly<Record<string, unknown>>): readonly GraphQLFormattedError[];
  /** Compiled already, or on its way from the planner. */
  plan(overrides: readonly string[]): Compiled | Promise<Compiled>;
}

export interface OperationOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly facts: SupergraphFacts;
  readonly policy: FieldPolicy;
  readonly costs: Costs;
  readonly plans: Pick<PlanCache<Compiled>, 'peek' | 'get'>;
}

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
  return {
    kind: operation.operation,
    name: operation.name?.value,
    text,
    measure,
    coerce: createVariableCoercer(schema, operation),
    cost: compileCost({ costs, ...whole }),
    overrideLabels: relevantLabels(facts, schema, document),
    for(caller) {
      const permitted = guarded.for(caller);
      let variant = variants.get(permitted);
      if (!variant) variants.set(permitted, (variant = createVariant(options.plans, whole, permitted, text)));
      return variant;
    },
  };
}

function createVariant(
  plans: OperationOptions['plans'],
  whole: Parameters<typeof compileResponse>[0],
  { document, refused, refusedFields }: PermittedOperation,
  wholeText: string,
): OperationVariant {
  const text =
    document === null || document === whole.document
      ? wholeText
      : normaliseOperation(document, document.definitions[0] as OperationDefinitionNode).text;
  const alone = { text };
  return {
    response: compileResponse({ ...whole, refusedFields }),
    asks: document !== null,
    refused: refused.length === 0 ? () => NOTHING_REFUSED : (coerced) => refusalErrors(refused, coerced),
    plan(overrides) {
      const request = overrides.length === 0 ? alone : { text, overrides };
      return plans.peek(request) ?? plans.get(request);
    },
  };
}
