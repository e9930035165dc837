import { createHash } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import { requestFault } from '../errors.ts';

/** The members of a GraphQL request that say which document is meant, as the client sent them. */
export interface OperationRequest {
  /** The text; absent or empty where an id stands for it (graphql-ws does not let it be absent). */
  readonly query?: unknown;
  readonly extensions?: unknown;
  /** Relay's name for the id of a document. */
  readonly doc_id?: unknown;
  /** Its name in other clients. */
  readonly id?: unknown;
  /** Its name in the appendix "Persisted Documents" of GraphQL over HTTP: an id, or `sha256:` and the hash. */
  readonly documentId?: unknown;
}

/** A request whose document is known. */
export interface ResolvedOperation {
  readonly query: string;
  /** Whether it is one of the registered operations. */
  readonly registered: boolean;
}

/** What a request names, in one form. */
export interface NamedOperation {
  /** The text, if it was sent. */
  readonly query: string | undefined;
  /** The hash of `extensions.persistedQuery`. */
  readonly hash: string | undefined;
  /** The id by any of its names; the hash is one, too. */
  readonly id: string | undefined;
}

const ID_CHARACTERS = 512;
const HASH_PREFIX = 'sha256:';
const ID_MEMBERS = ['documentId', 'doc_id', 'id'] as const;

/** SHA-256 of a text in UTF-8, in lower-case hexadecimal digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * Reads what a request names.
 * @returns GraphQLError BAD_REQUEST when a member is not of its type, or two ids do not agree.
 */
export function namedOperation(request: OperationRequest): NamedOperation | GraphQLError {
  const { query } = request;
  if (query !== undefined && query !== null && typeof query !== 'string')
    return badRequest('`query` must be a string.');
  const hash = hashOf(request.extensions);
  if (typeof hash === 'object') return hash;
  let id = hash;
  for (const member of ID_MEMBERS) {
    const given = request[member];
    if (given === undefined || given === null) continue;
    if (typeof given !== 'string' || given === '' || given.length > ID_CHARACTERS)
      return badRequest(`\`${member}\` must be a string of 1 to ${ID_CHARACTERS} characters.`);
    const named = given.startsWith(HASH_PREFIX) ? given.slice(HASH_PREFIX.length) : given;
    if (id !== undefined && id !== named) return badRequest('The request names two different operations.');
    id = named;
  }
  return { query: query ? query : undefined, hash, id };
}

function hashOf(extensions: unknown): string | undefined | GraphQLError {
  if (extensions === undefined || extensions === null) return undefined;
  if (!isRecord(extensions)) return badRequest('`extensions` must be an object.');
  const given = Object.hasOwn(extensions, 'persistedQuery') ? extensions['persistedQuery'] : undefined;
  if (given === undefined || given === null) return undefined;
  if (!isRecord(given)) return badRequest('`extensions.persistedQuery` must be an object.');
  if (given['version'] !== 1) return badRequest('Unsupported persisted query version');
  const { sha256Hash } = given;
  if (typeof sha256Hash !== 'string' || sha256Hash === '' || sha256Hash.length > ID_CHARACTERS)
    return badRequest('`extensions.persistedQuery.sha256Hash` must be a string.');
  return sha256Hash;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request that is none. */
export const badRequest = (message: string): GraphQLError => requestFault('BAD_REQUEST', message);
