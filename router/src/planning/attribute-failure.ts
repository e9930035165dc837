import { createHash } from 'node:crypto';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { GraphQLError, Kind, parse, validate, type GraphQLSchema } from 'graphql';
import { isInvalid, isTooComplex } from './planning-failure.ts';

/**
 * Finds out whose fault it is that a document could not be planned. The planner throws errors of the same kinds for a
 * document that does not fit the schema and for a valid one that it cannot cope with.
 *
 * @param error what was thrown.
 * @param schema makes the schema that clients see: asked for only when something was thrown.
 * @returns what to throw instead: GRAPHQL_VALIDATION_FAILED for a fault of the document, the same error where a name is
 *   reserved or a limit exceeded, and otherwise an Error that names the document.
 */
export function attributeFailure(error: unknown, text: string, schema: () => GraphQLSchema): unknown {
  if (isInvalid(error) || isTooComplex(error)) return error;
  const problem = problemOf(text, schema());
  if (problem) return requestFault('GRAPHQL_VALIDATION_FAILED', problem.message);
  return new Error(`The planner cannot plan ${describeDocument(text)}, which is valid.`, { cause: error });
}

function problemOf(text: string, schema: GraphQLSchema): GraphQLError | undefined {
  try {
    return validate(schema, parse(text))[0];
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** By hash, since a document may be long, and by the name of its operation. */
function describeDocument(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const operation = parse(text).definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const name = operation?.name?.value;
  return name === undefined ? `the document ${hash}` : `the document ${hash} (operation ${name})`;
}
