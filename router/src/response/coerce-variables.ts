import { ERROR_CATALOGUE } from '@kontor/kit/src/errors.ts';
import { getVariableValues, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/** As many as graphql-js tells of one request; a list of wrong values would make one for each. */
const MAX_ERRORS = 50;

const EMPTY: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null) as Record<string, unknown>);

/** The variables have values for all that the operation declares. */
export interface CoercedVariables {
  /** Declared variables only, with defaults; read own properties alone, since a variable may be named `constructor`. */
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly errors?: never;
}

/** The variables do not fit. */
export interface RefusedVariables {
  readonly coerced?: never;
  /** At least one, each BAD_USER_INPUT with the place of the declaration. */
  readonly errors: readonly GraphQLError[];
}

export type VariableCoercer = (variables: Readonly<Record<string, unknown>>) => CoercedVariables | RefusedVariables;

/**
 * Makes the function that coerces the variables of an operation (GraphQL 6.1.2), in the words of graphql-js. What is sent without being
 * declared is left out.
 */
export function createVariableCoercer(schema: GraphQLSchema, operation: OperationDefinitionNode): VariableCoercer {
  const { variableDefinitions = [] } = operation;
  if (variableDefinitions.length === 0) {
    const nothing: CoercedVariables = { coerced: EMPTY };
    return () => nothing;
  }
  return (variables) => {
    const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: MAX_ERRORS });
    return errors ? { errors: errors.map(asBadInput) } : { coerced };
  };
}

/** A scalar that refuses a value may say why in a code of its own, which is kept. */
const asBadInput = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    originalError: error.originalError ?? null,
    extensions: {
      code: 'BAD_USER_INPUT',
      http: { status: ERROR_CATALOGUE.BAD_USER_INPUT.status },
      ...error.extensions,
    },
  });
