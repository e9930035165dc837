import { GraphQLError, parse, type DocumentNode } from 'graphql';
import { requestFault } from '../errors.ts';
import { checkTokens } from './limits.ts';

/** Of those who may send most; the endpoint knows what each may. */
const MAX_TOKENS = 10_000;

/**
 * Parses a document far enough to tell a subscription from the rest.
 * @returns GraphQLError for a mistake, since it is that operation's error alone: thrown, it would close a connection with all the others on it.
 */
export function parseOperation(query: string): DocumentNode | GraphQLError {
  try {
    checkTokens(query, MAX_TOKENS);
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    // The stack does not hold it.
    if (!(error instanceof GraphQLError))
      return requestFault('DOCUMENT_TOO_COMPLEX', 'The document is nested too deep.');
    return error.extensions['code'] === undefined ? requestFault('GRAPHQL_PARSE_FAILED', error.message) : error;
  }
}
