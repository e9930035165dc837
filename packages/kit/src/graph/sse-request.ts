import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { badRequest, type OperationRequest } from '../operations/operation-request.ts';
import type { GraphRequest } from './graph.ts';
import { isSameOrigin } from './same-origin.ts';

const JSON_BODY = /^application\/json\b/i;
const EVENT_STREAM = /^\s*text\/event-stream\s*(?:[;,]|$)/i;
/** Headers that a browser asks about before it sends them to another origin (as Apollo Server's CSRF prevention). */
const ASKED_BEFORE = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** A GraphQL request whose answer is to be a stream of events. */
export interface StreamRequest {
  /** The members that say which document is meant. */
  readonly named: OperationRequest;
  readonly rest: Pick<GraphRequest, 'variables' | 'operationName' | 'extensions'>;
}

/** Whether a client wants server-sent events: the media type that it names first. */
export const wantsEventStream = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  (method === 'POST' || method === 'GET') && EVENT_STREAM.test(headers.accept ?? '');

/**
 * Reads a request for a stream: a POST of JSON, or a GET as `EventSource` sends it (GraphQL over HTTP, sections 5.2 and 5.4).
 * @returns GraphQLError BAD_REQUEST for what is none, or what a page of another origin could have made a browser send.
 */
export function readStreamRequest(request: FastifyRequest): StreamRequest | GraphQLError {
  const given = request.method === 'GET' ? readSearch(request) : readBody(request);
  if (given instanceof GraphQLError) return given;
  const { variables, extensions, operationName } = given;
  if (!isRecord(variables ?? {})) return badRequest('`variables` must be an object.');
  if (!isRecord(extensions ?? {})) return badRequest('`extensions` must be an object.');
  if (typeof (operationName ?? '') !== 'string') return badRequest('`operationName` must be a string.');
  return {
    named: given,
    rest: {
      variables: (variables as Record<string, unknown> | null | undefined) ?? undefined,
      operationName: (operationName as string | null | undefined) ?? undefined,
      extensions: (extensions as Record<string, unknown> | null | undefined) ?? undefined,
    },
  };
}

function readBody({ headers, body }: FastifyRequest): Record<string, unknown> | GraphQLError {
  if (!JSON_BODY.test(headers['content-type'] ?? ''))
    return badRequest('Send the request with `content-type: application/json`.');
  return isRecord(body) ? body : badRequest('The body must be a JSON object.');
}

function readSearch({ headers, query }: FastifyRequest): Record<string, unknown> | GraphQLError {
  if (!cannotBeForged(headers))
    return badRequest(
      'A browser could have been tricked into sending this request: send the header `apollo-require-preflight`, or come from the same origin.',
    );
  const given = { ...(query as Record<string, unknown>) };
  for (const name of ['variables', 'extensions'] as const) {
    const text = given[name];
    if (text === undefined || text === '') delete given[name];
    else if (typeof text !== 'string') return badRequest(`\`${name}\` must stand once in the URL.`);
    else {
      const parsed = parse(text);
      if (parsed === undefined) return badRequest(`\`${name}\` must be JSON.`);
      given[name] = parsed;
    }
  }
  return given;
}

/** Browsers send `Origin` with every request to another origin that a page reads, and newer ones say where any request comes from. */
function cannotBeForged(headers: IncomingHttpHeaders): boolean {
  if (ASKED_BEFORE.some((name) => headers[name])) return true;
  if (headers.origin) return isSameOrigin(headers);
  return headers['sec-fetch-site'] === 'same-origin';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
