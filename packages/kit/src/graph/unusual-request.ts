import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Operations } from '../operations/operations-mode.ts';
import type { GraphEndpoint } from './endpoint.ts';
import type { Call } from './graph.ts';
import { statusIn } from './schema-engine.ts';

/** Members of a request that stand for a document. */
const NAMES = ['documentId', 'doc_id', 'id', 'extensions'] as const;

/**
 * Answers what is no well-formed POST of JSON through Apollo Server, which knows GET, media types with quality values, what a browser could be
 * tricked into sending, and how each mistake is told. Documents that come by an id are looked up before.
 */
export async function answerUnusual(
  endpoint: GraphEndpoint,
  operations: Operations,
  callOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Call>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let call: Call | undefined;
  let refusal: unknown;
  let http = asHttp(request);
  try {
    call = await callOf(request, reply);
    http = withDocument(http, operations, call);
    const query = textOf(http);
    if (query !== undefined) endpoint.admit(query, call);
  } catch (error) {
    refusal = error;
    if (call && error instanceof GraphQLError) error.extensions['requestId'] = call.requestId;
  }
  const { headers, body, status } = await endpoint.server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: http,
    context: async () => {
      if (call && refusal === undefined) return endpoint.context(call);
      throw refusal;
    },
  });
  if (body.kind !== 'complete') throw new Error('nothing here delivers in parts');
  for (const [name, value] of headers) reply.header(name, value);
  // What is told before there is a context bears no id: it is that of the request all the same.
  const requestId = JSON.stringify(reply.getHeader('x-request-id') ?? '');
  const answer = body.string.replaceAll('"requestId":""', `"requestId":${requestId}`);
  return reply
    .code(statusIn(headers.get('content-type') ?? '', status ?? 200, status === 400 ? codeOf(answer) : null))
    .send(answer);
}

/** The code of the first error of an answer. */
const codeOf = (answer: string): unknown =>
  (JSON.parse(answer) as { errors?: readonly { extensions?: Record<string, unknown> }[] }).errors?.[0]?.extensions?.[
    'code'
  ];

/** The document's text, wherever it stands. */
function textOf({ method, body, search }: HTTPGraphQLRequest): string | undefined {
  const query =
    method === 'GET' ? new URLSearchParams(search).get('query') : isRecord(body) ? body['query'] : undefined;
  return typeof query === 'string' ? query : undefined;
}

function asHttp({ method, headers, url, body }: FastifyRequest): HTTPGraphQLRequest {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  const question = url.indexOf('?');
  return { method, headers: map, body, search: question === -1 ? '' : url.slice(question) };
}

/** @throws GraphQLError of the operations, with the request's id. */
function withDocument(http: HTTPGraphQLRequest, operations: Operations, call: Call): HTTPGraphQLRequest {
  const resolve = (named: Record<string, unknown>): string | undefined => {
    if (!named['query'] && !NAMES.some((name) => named[name])) return undefined;
    const resolved = operations.resolve(named);
    if (!(resolved instanceof GraphQLError)) return resolved.query;
    resolved.extensions['requestId'] = call.requestId;
    throw resolved;
  };
  if (http.method !== 'GET') {
    if (!isRecord(http.body)) return http;
    const query = resolve(http.body);
    return query === undefined ? http : { ...http, body: { ...without(http.body), query } };
  }
  const search = new URLSearchParams(http.search);
  const given = Object.fromEntries(search) as Record<string, unknown>;
  const extensions = parsed(search.get('extensions'));
  // What cannot be read Apollo Server tells.
  if (extensions === undefined) return http;
  const query = resolve({ ...given, extensions });
  if (query === undefined) return http;
  for (const name of NAMES) search.delete(name);
  search.set('query', query);
  return { ...http, search: `?${search.toString()}` };
}

/** The body without what has been resolved, so that nothing resolves it once more. */
function without(body: Record<string, unknown>): Record<string, unknown> {
  const { documentId: _document, doc_id: _relay, id: _id, ...rest } = body;
  if (!isRecord(rest['extensions'])) return rest;
  const { persistedQuery: _persisted, ...extensions } = rest['extensions'];
  return { ...rest, extensions };
}

function parsed(text: string | null): unknown {
  if (text === null || text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
