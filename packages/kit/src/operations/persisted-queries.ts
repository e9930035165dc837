import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { ERROR_CATALOGUE } from '../errors.ts';
import {
  badRequest,
  namedOperation,
  sha256,
  type NamedOperation,
  type OperationRequest,
  type ResolvedOperation,
} from './operation-request.ts';

const QUERIES = 1_000;
const BYTES = 16 * 1024 * 1024;

/**
 * Automatic persisted queries by Apollo's protocol, version 1: a client sends the hash of a document alone; where it is not known here, it
 * sends both, once. The same for POST, GET and WebSocket, as the hash travels in `extensions`.
 */
export interface PersistedQueries {
  /**
   * Finds the document of a request, and remembers it when its hash came along.
   * @returns GraphQLError PERSISTED_QUERY_NOT_FOUND, or BAD_REQUEST when the hash is not that of the document, or there is neither.
   */
  resolve(request: Pick<OperationRequest, 'query' | 'extensions'>): ResolvedOperation | GraphQLError;
  /** The same for a request that was read. */
  resolveNamed(named: NamedOperation): ResolvedOperation | GraphQLError;
}

export interface PersistedQueriesOptions {
  /** Documents at most; 1,000 when absent. */
  readonly queries?: number;
  /** Bytes of all of them at most; 16 MiB when absent. A longer document is answered and not remembered. */
  readonly bytes?: number;
}

/** Remembers documents in this process, those that were used last. */
export function createPersistedQueries({
  queries = QUERIES,
  bytes = BYTES,
}: PersistedQueriesOptions = {}): PersistedQueries {
  const store = new LRUCache<string, string>({
    max: queries,
    maxSize: bytes,
    sizeCalculation: (query) => Buffer.byteLength(query) || 1,
  });
  const resolveNamed = ({ query, hash }: NamedOperation): ResolvedOperation | GraphQLError => {
    if (hash === undefined)
      return query === undefined
        ? badRequest('GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.')
        : { query, registered: false };
    const known = store.get(hash);
    if (query === undefined)
      return known === undefined ? persistedQueryNotFound() : { query: known, registered: false };
    // A text that stands under the hash already has it.
    if (known !== query) {
      if (sha256(query) !== hash) return badRequest('provided sha does not match query');
      store.set(hash, query);
    }
    return { query, registered: false };
  };
  return {
    resolveNamed,
    resolve(request) {
      const named = namedOperation({ query: request.query, extensions: request.extensions });
      return named instanceof GraphQLError ? named : resolveNamed(named);
    },
  };
}

/**
 * A hash that is not known. Message, code, status 200 and the header are those of Apollo Server: clients look at one or the other, and no cache
 * may keep the answer.
 */
function persistedQueryNotFound(): GraphQLError {
  const code = 'PERSISTED_QUERY_NOT_FOUND';
  const headers = new Map([['cache-control', 'private, no-cache, must-revalidate']]);
  return new GraphQLError('PersistedQueryNotFound', {
    extensions: { code, http: { status: ERROR_CATALOGUE[code].status, headers } },
  });
}
