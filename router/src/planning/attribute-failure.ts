import { createHash } from 'node:crypto';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { GraphQLError, Kind, parse, validate, type GraphQLSchema } from 'graphql';

/**
 * Finds out whose fault it is that a document could not be planned. The planner throws errors of one kind for a document that
 * does not fit the schema and for a valid one that it cannot cope with.
 *
 * @param error what was thrown.
 * @param schema makes the schema that clients see: asked for only when something was thrown.
 * @returns what to throw instead: GRAPHQL_VALIDATION_FAILED for a fault of the document, an Error that names the document for a
 *   fault of the planner, and the same error where it is neither, such as a limit.
 */
export function attributeFailure(error: unknown, text: string, schema: () => GraphQLSchema): unknown {
  if (!(error instanceof GraphQLError) || isInvalid(error)) return error;
  const problem = problemOf(text, schema());
  if (problem) return requestFault('GRAPHQL_VALIDATION_FAILED', problem.message);
  return new Error(`The planner cannot plan ${describeDocument(text)}, which is valid: ${error.message}`, {
    cause: error,
  });
}

/** Whether an error says that the document is at fault. */
export const isInvalid = (error: unknown): error is GraphQLError =>
  error instanceof GraphQLError && error.extensions['code'] === 'GRAPHQL_VALIDATION_FAILED';

function problemOf(text: string, schema: GraphQLSchema): GraphQLError | undefined {
  try {
    return validate(schema, parse(text))[0];
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** By hash, since what clients write may be secret, and by the name of its operation. */
function describeDocument(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const operation = parse(text).definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const name = operation?.kind === Kind.OPERATION_DEFINITION ? operation.name?.value : undefined;
  return name === undefined ? `the document ${hash}` : `the document ${hash} (operation ${name})`;
}
