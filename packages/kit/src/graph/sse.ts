import type { FastifyReply, FastifyRequest } from 'fastify';
import { getOperationAST, GraphQLError, OperationTypeNode } from 'graphql';
import { systemClock, type Clock } from '../clock.ts';
import { requestFault } from '../errors.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { badRequest } from '../operations/operation-request.ts';
import type { Operations } from '../operations/operations-mode.ts';
import { systemTiming, type Timing } from '../timing.ts';
import type { GraphEndpoint } from './endpoint.ts';
import { EventStream } from './event-stream.ts';
import type { Call, GraphRequest } from './graph.ts';
import { parseOperation } from './parse-operation.ts';
import { executeOperation, subscribeUntilReturn } from './run-operation.ts';
import { encode, headersOf, noOperation } from './schema-engine.ts';
import { readStreamRequest, type StreamRequest } from './sse-request.ts';

/** As many as sockets. */
const MOST_STREAMS = 20_000;
const CHECK_MS = 1_000;
const OK = 200;
const JSON_TYPE = 'application/json; charset=utf-8';

/** Streams of server-sent events at one path. */
export interface EventStreams {
  /** Answers a request that wants a stream. Resolves when the stream has ended. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  /** Refuses new streams and ends those that are open, so that their clients come back. */
  close(): void;
}

export interface EventStreamsOptions {
  readonly endpoint: Pick<GraphEndpoint, 'execute' | 'subscribe' | 'formatError'>;
  /** Which documents are answered. */
  readonly operations: Operations;
  /** Who asks. @throws GraphQLError UNAUTHENTICATED and others, with the request's id */
  readonly callOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Call>;
  readonly metrics: Pick<ServiceMetrics, 'eventStreams'>;
  readonly most?: number;
  readonly timing?: Timing;
  readonly clock?: Clock;
}

/** An operation that was found. */
interface Asked {
  readonly request: GraphRequest;
  readonly kind: OperationTypeNode;
}

/**
 * GraphQL over server-sent events, for clients that cannot open sockets: the "distinct connections mode" of the protocol of graphql-sse.
 * Who may not come in, and what is no GraphQL request, is told by the HTTP status; everything later by events. A stream ends with the
 * credential of its caller, and breaks off when its client reads too slowly or the server stops. `Last-Event-ID` means nothing here: what can
 * be resumed has an argument for it.
 *
 * The handler of the package graphql-sse is not used: it keeps the events of a slow client without a bound, lets anybody reserve streams by
 * PUT without one, and cannot break streams off when the server stops.
 */
export function serveEventStreams(options: EventStreamsOptions): EventStreams {
  const { endpoint, operations, callOf, metrics, most = MOST_STREAMS } = options;
  const { timing = systemTiming, clock = systemClock } = options;
  const open = new Map<EventStream, Call>();
  let closed = false;
  let checking = false;

  const check = () => {
    const now = timing.now();
    const time = clock.now().getTime();
    for (const [stream, { caller, requestId }] of open) {
      if (caller.expiresAt !== undefined && caller.expiresAt <= time) {
        const expired = requestFault('UNAUTHENTICATED', 'The credential has ended: come back with a new one.');
        void stream.next({ errors: [endpoint.formatError(expired, requestId)] }, now);
        stream.complete();
      } else stream.check(now);
    }
    checking = open.size > 0;
    if (checking) timing.after(CHECK_MS, check);
  };
  const refuse = (reply: FastifyReply, error: GraphQLError, requestId: string) => {
    const { status, body } = encode({ errors: [endpoint.formatError(error, requestId)] });
    // A status that was chosen already says more than that of the code.
    if (reply.statusCode === OK) reply.code(status);
    return reply.headers(headersOf(error)).header('content-type', JSON_TYPE).send(body);
  };

  /** The operation that is asked for, or what is wrong with it, which is told as an event. */
  const find = ({ named, rest }: StreamRequest): Asked | GraphQLError => {
    const resolved = operations.resolve(named);
    if (resolved instanceof GraphQLError) return resolved;
    const request: GraphRequest = { ...rest, query: resolved.query };
    const document = parseOperation(request.query);
    if (document instanceof GraphQLError) return document;
    const operation = getOperationAST(document, request.operationName);
    return operation ? { request, kind: operation.operation } : noOperation(request.operationName);
  };

  /** Sends the results of an operation, until there are no more or the client has left. */
  const send = async (stream: EventStream, reply: FastifyReply, { request, kind }: Asked, call: Call) => {
    if (kind !== OperationTypeNode.SUBSCRIPTION)
      return stream.next(await executeOperation(endpoint, request, call), timing.now());
    const events = subscribeUntilReturn(endpoint, request, call);
    const leave = () => void events.return(undefined);
    reply.raw.once('close', leave);
    for await (const event of events) await stream.next(event, timing.now());
  };

  const stream = async (reply: FastifyReply, asked: Asked | GraphQLError, call: Call) => {
    const opened = new EventStream(reply.raw, reply.getHeaders(), timing.now());
    open.set(opened, call);
    metrics.eventStreams.inc();
    if (!checking) timing.after(CHECK_MS, check);
    checking = true;
    try {
      if (asked instanceof GraphQLError)
        await opened.next({ errors: [endpoint.formatError(asked, call.requestId)] }, timing.now());
      else await send(opened, reply, asked, call);
    } finally {
      opened.complete();
      open.delete(opened);
      metrics.eventStreams.dec();
    }
  };

  return {
    async answer(request, reply) {
      let call: Call;
      try {
        call = await callOf(request, reply);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        const { requestId } = error.extensions;
        return refuse(reply, error, typeof requestId === 'string' ? requestId : '');
      }
      const { requestId } = call;
      const read = readStreamRequest(request);
      if (read instanceof GraphQLError) return refuse(reply, read, requestId);
      const asked = find(read);
      if (request.method === 'GET' && !(asked instanceof GraphQLError) && asked.kind === OperationTypeNode.MUTATION)
        return refuse(
          reply.code(405).header('allow', 'POST'),
          badRequest('A mutation must be sent by POST.'),
          requestId,
        );
      if (closed || open.size >= most)
        return refuse(reply, requestFault('SERVICE_UNAVAILABLE', 'No stream can be opened now.'), requestId);
      reply.hijack();
      if (!reply.raw.destroyed) await stream(reply, asked, call);
      return reply;
    },
    close() {
      closed = true;
      for (const stream of open.keys()) stream.breakOff();
    },
  };
}
