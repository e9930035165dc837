import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { requestFault } from '../errors.ts';
import { createOperationManifest, type OperationManifest } from './operation-manifest.ts';
import { badRequest, namedOperation, type OperationRequest, type ResolvedOperation } from './operation-request.ts';
import { createPersistedQueries, type PersistedQueries } from './persisted-queries.ts';

/** Which documents an endpoint takes: any within its limits, or those alone that were registered. */
export type OperationsMode = 'open' | 'registered';

/** The environment of an endpoint that can be closed to all but registered operations: a part of a zod object for `parseEnv`. */
export const operationsEnv = {
  OPERATIONS: z
    .enum(['open', 'registered'])
    .default('open')
    .describe('which documents are answered: any, or registered ones alone'),
  OPERATION_MANIFESTS: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((path) => path.trim())
        .filter((path) => path !== ''),
    )
    .prefault('')
    .describe('manifests and folders of registered operations, separated by commas'),
};

/** Finds the documents of requests. */
export interface Operations {
  /**
   * @returns the document, or GraphQLError: BAD_REQUEST, PERSISTED_QUERY_NOT_FOUND (open) or OPERATION_NOT_REGISTERED (registered).
   */
  resolve(request: OperationRequest): ResolvedOperation | GraphQLError;
}

export interface OperationsOptions {
  readonly mode: OperationsMode;
  /** Without it nothing is registered. */
  readonly manifest?: OperationManifest;
  /** Of the open mode; in memory when absent. */
  readonly persistedQueries?: PersistedQueries;
}

/**
 * In `open` mode a registered operation may come by its id, and every other document as text or as an automatic persisted query. In
 * `registered` mode an operation comes by its id or as the text that was registered; nothing else is answered or remembered.
 */
export function createOperations({
  mode,
  manifest = createOperationManifest([]),
  persistedQueries = createPersistedQueries(),
}: OperationsOptions): Operations {
  return {
    resolve(request) {
      const named = namedOperation(request);
      if (named instanceof GraphQLError) return named;
      const { query, hash, id } = named;
      const byId = id === undefined ? undefined : manifest.byId(id);
      const byText = query === undefined ? undefined : manifest.byText(query);
      if (byId) {
        // An id beside the text of another document is a mistake of the client, or an attempt to pass one as the other.
        if (query !== undefined && byText !== manifest.byText(byId.body))
          return badRequest('The id and the text of the request are of different operations.');
        return { query: byId.body, registered: true };
      }
      if (byText && hash === undefined) return { query: byText.body, registered: true };
      if (mode === 'registered' || (query === undefined && hash === undefined && id !== undefined))
        return notRegistered();
      return persistedQueries.resolveNamed(named);
    },
  };
}

const notRegistered = (): GraphQLError =>
  requestFault(
    'OPERATION_NOT_REGISTERED',
    'This operation is not registered here. Send the id of a registered operation, or its text exactly as it was registered.',
  );
