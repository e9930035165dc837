import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { GraphEndpoint } from './endpoint.ts';
import type { Call, GraphRequest } from './graph.ts';
import type { OperationRequest } from '../operations/operation-request.ts';
import type { Operations } from '../operations/operations-mode.ts';
import { encode, headersOf, statusIn } from './schema-engine.ts';

const JSON_BODY = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;
const RESPONSE_JSON = 'application/graphql-response+json; charset=utf-8';
const PLAIN_JSON = 'application/json; charset=utf-8';

/** What nearly every client sends: a well-formed POST of JSON, with a document or what stands for one. */
export interface UsualRequest {
  /** The members that say which document is meant. */
  readonly named: OperationRequest;
  readonly rest: Pick<GraphRequest, 'variables' | 'operationName' | 'extensions'>;
  /** The media type of the answer. */
  readonly type: string;
}

/**
 * Reads a request that needs no more than an execution, so that Apollo Server's pipeline can be passed by: a document in a JSON body, and an
 * answer in a media type that the client names first.
 * @returns null for everything else — GET, other bodies, batches, quality values, mistakes — which Apollo Server answers or refuses.
 */
export function readUsual({ method, headers, body }: FastifyRequest): UsualRequest | null {
  if (method !== 'POST' || !JSON_BODY.test(headers['content-type'] ?? '')) return null;
  const type = mediaType(headers.accept);
  if (type === null || !isRecord(body)) return null;
  const { query, variables, operationName, extensions } = body;
  if (query !== undefined && query !== null && typeof query !== 'string') return null;
  // What stands for a document when there is none.
  if (!query && !isRecord(extensions) && !body['id'] && !body['doc_id'] && !body['documentId']) return null;
  if (variables !== undefined && variables !== null && !isRecord(variables)) return null;
  if (extensions !== undefined && extensions !== null && !isRecord(extensions)) return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
  return {
    named: body,
    rest: {
      variables: variables ?? undefined,
      operationName: operationName ?? undefined,
      extensions: extensions ?? undefined,
    },
    type,
  };
}

/** Answers a usual request. A caller that is refused gets the refusal as a GraphQL response. */
export async function answerUsual(
  endpoint: GraphEndpoint,
  operations: Operations,
  { named, rest, type }: UsualRequest,
  callOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Call>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refuse = (error: GraphQLError, requestId: string) => {
    const { status, code, body } = encode({ errors: [endpoint.formatError(error, requestId)] });
    return reply
      .code(statusIn(type, status, code))
      .headers(headersOf(error))
      .header('content-type', type)
      .send(body);
  };
  let call: Call;
  try {
    call = await callOf(request, reply);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { requestId } = error.extensions;
    return refuse(error, typeof requestId === 'string' ? requestId : '');
  }
  const resolved = operations.resolve(named);
  if (resolved instanceof GraphQLError) return refuse(resolved, call.requestId);
  const { status, code, headers, body } = await endpoint.respond({ ...rest, query: resolved.query }, call);
  return reply
    .code(statusIn(type, status, code))
    .headers(headers)
    .header('content-type', type)
    .send(body);
}

/** GraphQL over HTTP, section 6.3: what the client accepts; nothing said means JSON. */
function mediaType(accept: string | undefined): string | null {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return PLAIN_JSON;
  if (accept.includes(';q=') || accept.includes('; q=')) return null;
  const first = accept.split(',', 1)[0]!.split(';', 1)[0]!.trim().toLowerCase();
  if (first === 'application/graphql-response+json') return RESPONSE_JSON;
  return first === 'application/json' ? PLAIN_JSON : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
