import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { GraphRequest } from '@kontor/kit/src/graph/graph.ts';
import type { DocumentLimits } from '@kontor/kit/src/graph/limits.ts';
import { InvalidDocument } from '@kontor/kit/src/graph/schema-engine.ts';
import type { ResponseShape } from '../response/compile-response.ts';
import type { KnownOperation, OperationVariant } from './known-operation.ts';

/** What is told of the price of an operation. */
export interface Charge {
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>> | null;
}

export interface PrepareOptions {
  /** What a caller's document may be like. */
  readonly limitsOf: (context: BaseContext) => DocumentLimits;
  /** Which progressive overrides are on for one request. */
  readonly overrides: (labels: readonly string[], context: BaseContext) => readonly string[];
  /** What a caller pays for an operation. @throws GraphQLError when it costs too much, or too much was asked lately. */
  readonly charge: (cost: number, context: BaseContext) => Charge | Promise<Charge>;
  /** Told of each request that may be executed. */
  readonly permitted?: (operation: KnownOperation, variables: Prepared['variables'], context: BaseContext) => void;
}

/** A request that may be executed. */
export interface Prepared {
  readonly operation: KnownOperation;
  readonly variant: OperationVariant;
  readonly shape: ResponseShape;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly overrides: readonly string[];
  readonly charge: Charge;
}

/** The variables of a request that has none: always the same object. */
export const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze(
  Object.create(null) as Record<string, unknown>,
);

/**
 * Coerces the variables of one request for an operation that is known and within the caller's limits, and charges for it.
 * @throws GraphQLError BAD_USER_INPUT or what `charge` throws; InvalidDocument when the variables do not fit.
 */
export async function prepareRequest(
  { overrides, charge, permitted }: Pick<PrepareOptions, 'overrides' | 'charge' | 'permitted'>,
  operation: KnownOperation,
  request: GraphRequest,
  context: BaseContext,
): Promise<Prepared> {
  const variables = request.variables ?? NO_VARIABLES;
  const { coerced, errors } = operation.coerce(variables);
  if (errors) throw new InvalidDocument(errors);
  const variant = operation.for(context.caller);
  const prepared = {
    operation,
    variant,
    shape: variant.response.shapeFor(coerced),
    variables,
    coerced,
    overrides: overrides(operation.overrideLabels, context),
    // Last of all, so that nobody pays for a request that is refused.
    charge: await charge(operation.cost(coerced), context),
  };
  permitted?.(operation, variables, context);
  return prepared;
}
