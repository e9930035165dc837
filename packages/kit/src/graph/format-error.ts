import { unwrapResolverError } from '@apollo/server/errors';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import type { GraphQLFormattedError } from 'graphql';
import { ERROR_CATALOGUE, isErrorCode, type ErrorCode } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Every service explains the catalogue at this path (see service.ts); relative, so that it is right wherever the service is reached. */
const DOCS = '/errors/';
const MASKED = 'Something broke here. The details are in the log under the request id.';

/** graphql-js repeats a value that does not fit, with all the fields of its object. */
const REPEATS_PASSWORD = /password"?\s*[:;]/i;
const WITHOUT_PASSWORD = 'The input does not fit its type. It is not repeated here, because it holds a password.';

/** What was thrown without a code of the catalogue is a bug or an outage. */
const codeOf = (error: { readonly extensions?: Record<string, unknown> | undefined }): ErrorCode => {
  const code = error.extensions?.['code'];
  return isErrorCode(code) ? code : 'INTERNAL';
};

/**
 * The one place where errors become what a caller sees: codes of the catalogue pass, everything else is masked.
 * Never a stack, SQL or a path of the machine.
 */
export function formatError(formatted: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  const code = codeOf(formatted);
  const { path, scope, coordinate, retryAfterMs } = (formatted.extensions ?? {}) as Record<string, unknown>;
  return {
    message: messageOf(code, formatted.message),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: {
      code,
      requestId,
      retryable: ERROR_CATALOGUE[code].retryable,
      docUrl: `${DOCS}${code}`,
      ...(path ? { path } : {}),
      ...(scope ? { scope } : {}),
      ...(coordinate ? { coordinate } : {}),
      ...(retryAfterMs ? { retryAfterMs } : {}),
    },
  };
}

function messageOf(code: ErrorCode, message: string): string {
  if (code === 'INTERNAL') return MASKED;
  return REPEATS_PASSWORD.test(message) ? WITHOUT_PASSWORD : message;
}

/** Logs a fault once, where it happened. What another of our services has masked was logged there. */
export function logFault(
  logger: Logger,
  error: { readonly extensions?: Record<string, unknown>; readonly path?: unknown },
  requestId: string,
): void {
  if (codeOf(error) !== 'INTERNAL' || error.extensions?.['code'] === 'INTERNAL') return;
  logger.error(
    { err: withoutParameters(unwrapResolverError(error)), requestId, path: error.path },
    'a request met a fault',
  );
}

/** Drizzle writes the parameters of a failed statement into its message: addresses and hashes are not for the log. PostgreSQL's own error has none. */
const withoutParameters = (error: unknown): unknown =>
  error instanceof DrizzleQueryError && error.cause ? error.cause : error;
