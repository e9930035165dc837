import { formatError, logFault } from '@kontor/kit/src/graph/format-error.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { CompletionError } from '../response/compile-response.ts';
import { explainNulls } from './explain-nulls.ts';
import type { Prepared } from './prepare-request.ts';

/** Errors as they were reported, not yet as clients see them. */
export type Reported = readonly GraphQLFormattedError[];

/** For whom something is told, and where it is logged. */
export interface Telling {
  readonly logger: Logger;
  readonly requestId: string;
}

const NO_ERRORS: Reported = [];

/**
 * The errors of an executed operation: of subgraphs, of what was refused, of data that do not fit the schema. The last are logged.
 * @param errors of the subgraphs.
 */
export function reportErrors(
  { variant, coerced }: Pick<Prepared, 'variant' | 'coerced'>,
  errors: Reported,
  completion: readonly CompletionError[],
  { logger, requestId }: Telling,
): Reported {
  const refused = variant.refused(coerced);
  if (errors.length === 0 && refused.length === 0 && completion.length === 0) return NO_ERRORS;
  const unexplained = explainNulls(completion, errors, refused);
  if (unexplained.length > 0)
    logger.warn({ requestId, problems: unexplained }, 'a subgraph gave data that do not fit the schema');
  const asErrors = unexplained.map(({ message, path }) => ({ message, path, extensions: { code: 'INTERNAL' } }));
  return [...errors, ...refused, ...asErrors];
}

/** What was thrown instead of an answer. A fault of ours is logged. */
export const logFaults = (faults: readonly GraphQLError[], { logger, requestId }: Telling): Reported =>
  faults.map((fault) => {
    logFault(logger, fault, requestId);
    return fault.toJSON();
  });

/** Errors as clients see them. */
export const formatErrors = (errors: Reported, requestId: string): GraphQLFormattedError[] =>
  errors.map((error) => formatError(error, requestId));
