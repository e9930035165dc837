import { unwrapResolverError } from '@apollo/server/errors';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import type { GraphQLFormattedError } from 'graphql';
import { ERROR_CATALOGUE, isErrorCode, type ErrorCode } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Every service explains the catalogue at this path (see service.ts); relative, so that it is right wherever the service is reached. */
const DOCS = '/errors/';
const MASKED = 'Something broke here. The details are in the log under the request id.';

const MESSAGE_CHARACTERS = 1_000;
const NAME_CHARACTERS = 200;
const PATH_STEPS = 200;

/** graphql-js repeats a value that does not fit, with all the fields of its object. */
const REPEATS_SECRET = /(?:password|pin|token|secret|credential|nonce)"?\s*[:;]/i;
const WITHOUT_SECRET = 'The input does not fit its type. It is not repeated here, because it holds a secret.';

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
  const { path, scope, coordinate, reason, retryAfterMs } = (formatted.extensions ?? {}) as Record<string, unknown>;
  return {
    message: messageOf(code, formatted.message),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(isPath(formatted.path) ? { path: formatted.path } : {}),
    extensions: {
      code,
      requestId,
      retryable: ERROR_CATALOGUE[code].retryable,
      docUrl: `${DOCS}${code}`,
      ...(isPath(path) ? { path } : {}),
      ...(isName(scope) ? { scope } : {}),
      ...(isName(coordinate) ? { coordinate } : {}),
      ...(isName(reason) ? { reason } : {}),
      ...(Number.isFinite(retryAfterMs) ? { retryAfterMs } : {}),
    },
  };
}

// What another service has written into an error is as good as it is, and goes to everybody: it is bounded, and of the kind that it should be.
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= NAME_CHARACTERS;
const isPath = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) &&
  value.length <= PATH_STEPS &&
  value.every((step) => typeof step === 'number' || (typeof step === 'string' && step.length <= NAME_CHARACTERS));

function messageOf(code: ErrorCode, message: unknown): string {
  if (code === 'INTERNAL' || typeof message !== 'string') return MASKED;
  const told = message.length <= MESSAGE_CHARACTERS ? message : `${message.slice(0, MESSAGE_CHARACTERS)}…`;
  return REPEATS_SECRET.test(told) ? WITHOUT_SECRET : told;
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
