import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Caller } from './auth/caller.ts';
import { addressOfClient, proxiesIn, readClientAddress } from './auth/client-address.ts';
import { vouchedFor, type Verified } from './auth/internal-token.ts';
import { ERROR_CATALOGUE, isErrorCode } from './errors.ts';
import { acceptRequestId, type GraphEndpoint } from './graph/endpoint.ts';
import type { BaseContext } from './graph/engine.ts';
import { answerUnusual } from './graph/unusual-request.ts';
import { serveEventStreams, type EventStreams } from './graph/sse.ts';
import { wantsEventStream } from './graph/sse-request.ts';
import { answerUsual, readUsual } from './graph/usual-request.ts';
import { createOperations, type Operations } from './operations/operations-mode.ts';
import type { Call } from './graph/graph.ts';
import { repeatedHeader } from './graph/repeated-headers.ts';
import { serveSockets, type SocketServer } from './graph/socket-server.ts';
import type { Logger } from './logger.ts';
import type { ServiceMetrics } from './metrics.ts';
import { readClientInfo } from './telemetry/client-info.ts';
import { readTraceContext } from './telemetry/trace-context.ts';

const BODY_BYTES = 100 * 1024;
const INTERNAL_BODY_BYTES = 16 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const DRAIN_MS = 8_000;

/** What a client shows to say who it is. */
export interface Credentials {
  /** The `Authorization` header, or the field of that name in `connection_init`. */
  readonly authorization: string | undefined;
}

/** A graph at a path. */
export interface Mount {
  readonly path: string;
  readonly endpoint: GraphEndpoint;
  /**
   * Answers with the service that vouches for the caller, too, where an internal token came in and that makes a difference.
   * @throws GraphQLError UNAUTHENTICATED
   */
  readonly authenticate: (credentials: Credentials) => Promise<Caller | Verified>;
  /** The page that a browser gets at the path. */
  readonly page?: () => { readonly body: string; readonly headers: Readonly<Record<string, string>> };
  /** Whether only our own services come here: larger bodies, no Origin. */
  readonly internal?: boolean;
  /** Which documents are answered; any when absent. */
  readonly operations?: Operations;
  /** What the headers of a request say for the call beyond the caller. @throws GraphQLError when the caller may not say it. */
  readonly annotate?: (headers: IncomingHttpHeaders, call: Call) => Pick<Call, 'headers' | 'versions'>;
}

export interface ServiceOptions {
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  readonly mounts: readonly Mount[];
  /** Networks of proxies before the service, in CIDR notation, that say whom they speak for; none by default. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** More routes of the service, such as `/schema.graphql` or static files. */
  readonly routes?: (app: FastifyInstance) => void;
  /** Resolves when the service can answer; rejects with the reason when it cannot. Asked by `/readyz`. */
  readonly ready?: () => Promise<void>;
  /** Starts what runs beside requests: relays, consumers, feeds. */
  readonly start?: () => Promise<void>;
  /** Stops it, after the last request. */
  readonly stop?: () => Promise<void>;
}

/** A service, not listening yet. */
export interface Service {
  readonly name: string;
  /** The graph at a path, for calls in memory. */
  graph(path?: string): GraphEndpoint;
  /** Starts everything but the listening. */
  start(): Promise<void>;
  /** Listens. @returns the port, which the system chose when 0 was asked for. @throws Error with one clear line when it is taken. */
  listen(port: number, host?: string): Promise<number>;
  /** Stops accepting, lets requests end (8 seconds at most), closes sockets with 1001 or 1012, then stops the rest. */
  stop(): Promise<void>;
}

/** Builds a service: Apollo Server on Fastify for every graph, sockets on the same paths, health and metrics. */
export function createService(options: ServiceOptions): Service {
  const { name, logger, metrics, mounts } = options;
  const app: FastifyInstance = Fastify({
    loggerInstance: logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    // Nothing logs by request: a logger for each would cost more than all else that is done for a small one.
    childLoggerFactory: (parent) => parent,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    serverFactory: (handler) =>
      createServer({ maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000, headersTimeout: 10_000 }, handler),
  }) as never;
  const isProxy = proxiesIn(options.trustedProxies ?? []);
  const anyOperations = createOperations({ mode: 'open' });
  const sockets: SocketServer[] = [];
  const eventStreams: EventStreams[] = [];
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  app.setErrorHandler((error: { statusCode?: number; code?: string; message: string }, request, reply) =>
    answerFault(error, request, reply, logger),
  );
  app.addHook('onRequest', (request, _reply, done) => {
    const repeated = repeatedHeader(request.raw.rawHeaders);
    done(
      repeated === null
        ? undefined
        : Object.assign(new Error(`The header ${repeated} stands twice.`), { statusCode: 400 }),
    );
  });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ errors: [{ message: `There is nothing here. The graph is at ${mounts[0]?.path ?? '/graphql'}.` }] }),
  );
  app.get('/livez', () => ({ status: 'live', service: name }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await options.ready?.();
      return { status: 'ready', service: name };
    } catch (error) {
      return reply
        .code(503)
        .send({ status: 'not ready', service: name, reason: error instanceof Error ? error.message : 'unknown' });
    }
  });
  app.get<{ Params: { code: string } }>('/errors/:code', (request, reply) => {
    const { code } = request.params;
    if (!isErrorCode(code))
      return reply
        .code(404)
        .send({ message: `There is no such code. There are: ${Object.keys(ERROR_CATALOGUE).join(', ')}.` });
    const { description, retryable, status } = ERROR_CATALOGUE[code];
    return { code, description, retryable, httpStatus: status };
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  options.routes?.(app);

  const mount = ({ path, endpoint, authenticate, page, internal, annotate, operations = anyOperations }: Mount) => {
    const callOf = async (request: FastifyRequest, reply: FastifyReply): Promise<Call> => {
      const requestId = acceptRequestId(request.headers['x-request-id']);
      reply.header('x-request-id', requestId);
      try {
        const verified = await authenticate({ authorization: request.headers.authorization });
        const vouched = vouchedFor(verified);
        const isOurs = internal === true || 'issuer' in vouched;
        const call: Call = {
          ...vouched,
          requestId,
          signal: abortedWith(reply),
          client: readClientInfo(request.headers),
          clientAddress: isOurs ? readClientAddress(request.headers) : addressOfClient(request.raw, isProxy),
          trace: readTraceContext(request.headers, !isOurs),
        };
        return annotate ? { ...call, ...annotate(request.headers, call) } : call;
      } catch (error) {
        // Without a call nobody can tell whose error it is.
        if (error instanceof GraphQLError) error.extensions['requestId'] = requestId;
        throw error;
      }
    };
    const streams = serveEventStreams({ endpoint, operations, callOf, metrics });
    eventStreams.push(streams);
    app.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: path,
      bodyLimit: internal ? INTERNAL_BODY_BYTES : BODY_BYTES,
      handler: (request, reply) => {
        if (page && request.method === 'GET' && wantsPage(request)) {
          const { body, headers } = page();
          return reply.headers(headers).type('text/html; charset=utf-8').send(body);
        }
        if (wantsEventStream(request)) return streams.answer(request, reply);
        const usual = readUsual(request);
        return usual
          ? answerUsual(endpoint, operations, usual, callOf, request, reply)
          : answerUnusual(endpoint, operations, callOf, request, reply);
      },
    });
    sockets.push(
      serveSockets({
        path,
        endpoint,
        authenticate,
        metrics,
        internal: internal ?? false,
        isProxy,
        operations,
        ...(annotate ? { annotate } : {}),
      }),
    );
  };

  const start = async () => {
    for (const { endpoint } of mounts) {
      endpoint.server.addPlugin(fastifyApolloDrainPlugin<BaseContext>(app));
      await endpoint.start();
    }
    for (const each of mounts) mount(each);
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (repeatedHeader(request.rawHeaders) !== null)
        return void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      const path = (request.url ?? '').split('?')[0];
      const server = sockets.find((each) => each.path === path);
      if (server) server.upgrade(request, socket, head);
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    });
    await app.ready();
    await options.start?.();
  };

  const service: Service = {
    name,
    graph(path = '/graphql') {
      const found = mounts.find((each) => each.path === path);
      if (!found) throw new Error(`${name} has no graph at ${path}`);
      return found.endpoint;
    },
    start: () => (started ??= start()),
    async listen(port, host = '0.0.0.0') {
      await service.start();
      try {
        await app.listen({ port, host });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
          throw new Error(
            `Port ${port} for ${name} is taken by another process. Stop it, or set ${name.toUpperCase().replaceAll('-', '_')}_PORT to a free port.`,
            { cause: error },
          );
        throw error;
      }
      const address = app.server.address();
      return typeof address === 'object' && address ? address.port : port;
    },
    stop: () =>
      (stopped ??= (async () => {
        const drained = Promise.all(sockets.map((each) => each.close()));
        for (const each of eventStreams) each.close();
        const timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS).unref();
        await drained;
        for (const { endpoint } of mounts) await endpoint.stop();
        await app.close();
        clearTimeout(timer);
        await options.stop?.();
      })()),
  };
  return service;
}

/** Browsers name text/html first; clients of the graph never do. */
const wantsPage = (request: FastifyRequest): boolean =>
  (request.headers.accept ?? '').includes('text/html') && !(request.query as Record<string, unknown>)['query'];

/** Aborts when the client leaves before it has its answer. */
function abortedWith(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Faults before GraphQL: a body that is too large, not JSON, or a bug. The shape is that of a GraphQL answer. */
function answerFault(
  error: { statusCode?: number; code?: string; message: string },
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
) {
  const requestId = acceptRequestId(request.headers['x-request-id']);
  const status = error.statusCode ?? 500;
  const code = status === 413 ? 'BODY_TOO_LARGE' : status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
  if (code === 'INTERNAL') logger.error({ err: error, requestId }, 'a request met a fault');
  const message = code === 'INTERNAL' ? ERROR_CATALOGUE.INTERNAL.description : error.message;
  return reply
    .code(status)
    .send({ errors: [{ message, extensions: { code, requestId, retryable: ERROR_CATALOGUE[code].retryable } }] });
}
