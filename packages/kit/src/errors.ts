import { GraphQLError } from 'graphql';

interface CatalogueEntry {
  /** HTTP status when the whole request fails with it before execution. */
  readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** What it means and what to do; also the text of the documentation page. */
  readonly description: string;
}

/** Every code that a request can fail with. Business outcomes are members of result unions instead. */
export const ERROR_CATALOGUE = {
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    description:
      'The request carries no credential, or one that is unknown, expired or revoked. Send `Authorization: Bearer KEY`.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    description: 'The caller is known but lacks the scope that the field needs.',
  },
  BAD_USER_INPUT: {
    status: 400,
    retryable: false,
    description: 'An argument or variable has a value that the field does not take.',
  },
  GRAPHQL_PARSE_FAILED: { status: 400, retryable: false, description: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, retryable: false, description: 'The document does not fit the schema.' },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    retryable: false,
    description: 'The document holds several operations and `operationName` chooses none of them.',
  },
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    description:
      'The HTTP request is not a GraphQL request, or a browser could have been tricked into sending it: send `content-type: application/json` or the header `apollo-require-preflight`.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 200,
    retryable: true,
    description: 'The hash is not known here: send it again with the document.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 200,
    retryable: false,
    description: 'This endpoint does not take persisted queries: send the document.',
  },
  OPERATION_NOT_REGISTERED: {
    status: 403,
    retryable: false,
    description:
      'This endpoint answers registered operations only: send the id of one, or its text exactly as it was registered.',
  },
  DOCUMENT_TOO_COMPLEX: {
    status: 400,
    retryable: false,
    description:
      'The document exceeds a limit (tokens, depth, aliases, root fields, directives or cost); the message names it.',
  },
  BODY_TOO_LARGE: { status: 413, retryable: false, description: 'The body is larger than the endpoint takes.' },
  RATE_LIMITED: { status: 429, retryable: true, description: 'Too many requests: wait as long as `Retry-After` says.' },
  SUBSCRIPTION_NOT_SUPPORTED: {
    status: 400,
    retryable: false,
    description:
      'A subscription needs a connection that stays: a WebSocket at the same path, or a request with `accept: text/event-stream`.',
  },
  SUBSCRIPTION_SCHEMA_CHANGED: {
    status: 409,
    retryable: true,
    description: 'The schema was replaced while the subscription was open: subscribe again.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    description: 'A service that is needed for this field does not answer now.',
  },
  TIMEOUT: { status: 504, retryable: true, description: 'A service took longer than the request may.' },
  INTERNAL: {
    status: 500,
    retryable: true,
    description: 'Something broke here. The details are in our log under the request id.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Whether a code stands in the catalogue. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code);
}

/** An error that the caller may see as it is, with a code of the catalogue. Anything else that is thrown is masked at the edge. */
export function requestFault(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, {
    extensions: { ...extensions, code, http: { status: ERROR_CATALOGUE[code].status } },
  });
}

/** A bad argument. `path` names the field, outermost first. */
export function badInput(message: string, path: readonly string[] = []): GraphQLError {
  return requestFault('BAD_USER_INPUT', message, path.length > 0 ? { path } : {});
}

export const invalidInput = (code: string, message: string, path: string[] | null = null) => ({
  __typename: 'InvalidInput' as const,
  code,
  message,
  path,
});

export const notFound = (message: string, path: string[] | null = null) => ({
  __typename: 'NotFound' as const,
  code: 'NOT_FOUND',
  message,
  path,
});

export const versionConflict = (
  what: string,
  currentVersion: number,
  path: string[] | null = ['input', 'expectedVersion'],
) => ({
  __typename: 'VersionConflict' as const,
  code: 'VERSION_CONFLICT',
  message: `${what} has changed since you read it and is now at version ${currentVersion}. Read it again and repeat.`,
  path,
  currentVersion,
});

export const idempotencyKeyReused = (path: string[] | null = ['input', 'idempotencyKey']) => ({
  __typename: 'IdempotencyKeyReused' as const,
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'This idempotency key was used before with another input. Use a new key for a new intent.',
  path,
});

export const busy = (what: string, retryAfterMs: number) => ({
  __typename: 'Busy' as const,
  code: 'BUSY',
  message: `${what} is busy. Repeat the same request in ${retryAfterMs} ms.`,
  path: null,
  retryAfterMs,
});
