import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, makeServer, type Context } from 'graphql-ws';
import { getOperationAST, GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { WebSocketServer } from 'ws';
import type { Caller } from '../auth/caller.ts';
import { addressOfClient, readClientAddress, type IsProxy } from '../auth/client-address.ts';
import { vouchedFor, type Verified } from '../auth/internal-token.ts';
import { requestFault } from '../errors.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { readClientInfo } from '../telemetry/client-info.ts';
import { readTraceContext } from '../telemetry/trace-context.ts';
import { createOperations, type Operations } from '../operations/operations-mode.ts';
import { acceptRequestId, type GraphEndpoint } from './endpoint.ts';
import type { Call, GraphRequest, GraphResult } from './graph.ts';
import { parseOperation } from './parse-operation.ts';
import { executeOperation, subscribeUntilReturn } from './run-operation.ts';
import { isSameOrigin } from './same-origin.ts';
import { payloadOf } from './shared-payload.ts';
import { SocketConnection, type ConnectionExtra } from './socket-connection.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const INIT_TIMEOUT_MS = 3_000;
const MAX_SUBSCRIPTIONS = 50;
const MAX_SOCKETS = 20_000;
const CHECK_MS = 1_000;
/** RFC 6455 7.4.1: the server goes away, or restarts; clients reconnect on both. */
const GOING_AWAY = 1001;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;
/** graphql-ws: the client may come back with another credential. */
const FORBIDDEN = 4403;
/** A client that may not come in, however often it tries. */
const REFUSED: ReadonlySet<unknown> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);
/** What a timer can wait at most. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Sockets at one path. */
export interface SocketServer {
  readonly path: string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

interface SocketOptions {
  readonly path: string;
  readonly endpoint: GraphEndpoint;
  readonly authenticate: (credentials: { authorization: string | undefined }) => Promise<Caller | Verified>;
  readonly metrics: ServiceMetrics;
  /** Whether only our own services come here: no Origin is checked, and no credential twice. */
  readonly internal: boolean;
  /** Which addresses are those of proxies that say whom they speak for; none when absent. */
  readonly isProxy?: IsProxy;
  /** Which documents are answered, and by which ids; any when absent. */
  readonly operations?: Operations;
  /** What the headers of the handshake say for every call on the socket. @throws GraphQLError when the caller may not say it. */
  readonly annotate?: (headers: IncomingHttpHeaders, call: Call) => Pick<Call, 'headers' | 'versions'>;
}

type SocketContext = Context<Record<string, unknown> | undefined, ConnectionExtra>;

interface SocketState {
  readonly call: Call;
  readonly authorization: string | undefined;
  /** Closes the socket when the caller's credential ends. */
  readonly expiry?: NodeJS.Timeout;
}

/**
 * graphql-ws (the `graphql-transport-ws` protocol) over an endpoint. Queries and mutations go through the same pipeline as over HTTP.
 * A credential that is wrong, expires or has been revoked when the next operation begins closes with 4403, a slow reader with 1013, a stopping
 * server with 1001 or 1012.
 */
export function serveSockets(options: SocketOptions): SocketServer {
  const { endpoint, authenticate, metrics, internal, annotate, isProxy = () => false } = options;
  const operations = options.operations ?? createOperations({ mode: 'open' });
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  const states = new WeakMap<SocketContext, SocketState>();
  const callOf = (ctx: SocketContext): Call => {
    const state = states.get(ctx);
    if (!state) throw requestFault('UNAUTHENTICATED', 'The connection was not initialised.');
    return state.call;
  };

  /** An internal token lives for a minute and vouches for the whole socket; any other credential must still be good for each operation. */
  const recheck = async (ctx: SocketContext): Promise<GraphQLError | null> => {
    const state = states.get(ctx);
    if (!state || internal || state.call.issuer !== undefined) return null;
    try {
      await authenticate({ authorization: state.authorization });
      return null;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      if (error.extensions['code'] === 'UNAUTHENTICATED') ctx.extra.socket.close(FORBIDDEN, 'Forbidden');
      return error;
    }
  };

  const protocol = makeServer<Record<string, unknown> | undefined, ConnectionExtra>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    async onConnect(ctx) {
      const { request } = ctx.extra;
      const given =
        ctx.connectionParams?.['authorization'] ??
        ctx.connectionParams?.['Authorization'] ??
        request.headers.authorization;
      try {
        const authorization = typeof given === 'string' ? given : undefined;
        const verified = vouchedFor(await authenticate({ authorization }));
        const { expiresAt } = verified.caller;
        const said = { ...request.headers, ...ctx.connectionParams };
        const isOurs = internal || 'issuer' in verified;
        const call: Call = {
          ...verified,
          requestId: acceptRequestId(request.headers['x-request-id']),
          client: readClientInfo(said),
          clientAddress: isOurs ? readClientAddress(said) : addressOfClient(request, isProxy),
          trace: readTraceContext(said, !isOurs),
        };
        states.set(ctx, {
          call: annotate ? { ...call, ...annotate(request.headers, call) } : call,
          authorization,
          ...(expiresAt === undefined ? {} : { expiry: closeAt(ctx, expiresAt) }),
        });
        return true;
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        // A client comes back after any other code than 4403, which tells it that it need not.
        if (!REFUSED.has(error.extensions['code'])) ctx.extra.socket.close(TRY_AGAIN_LATER, 'try again later');
        return false;
      }
    },
    async onSubscribe(ctx, _id, payload) {
      if (Object.keys(ctx.subscriptions).length > MAX_SUBSCRIPTIONS)
        return [requestFault('RATE_LIMITED', `A socket may have at most ${MAX_SUBSCRIPTIONS} subscriptions at once.`)];
      const resolved = operations.resolve({ ...payload });
      if (resolved instanceof GraphQLError) return [resolved];
      const { query } = resolved;
      const document = parseOperation(query);
      if (document instanceof GraphQLError) return [document];
      if (!getOperationAST(document, payload.operationName))
        return [requestFault('OPERATION_RESOLUTION_FAILURE', 'operationName names no operation of the document.')];
      const refusal = await recheck(ctx);
      if (refusal) return [refusal];
      const request: GraphRequest = {
        query,
        variables: payload.variables ?? undefined,
        operationName: payload.operationName ?? undefined,
        extensions: payload.extensions ?? undefined,
      };
      // graphql-ws only looks at the document to tell a subscription from the rest; the endpoint does the work.
      return {
        schema: undefined as never,
        document,
        operationName: payload.operationName,
        rootValue: request,
        contextValue: callOf(ctx),
      } satisfies ExecutionArgs;
    },
    onDisconnect: (ctx) => clearTimeout(states.get(ctx)?.expiry),
    // Errors are formatted already; graphql-ws would take them for GraphQLErrors and break on the first.
    onNext: (_ctx, _id, _payload, _args, result) => payloadOf(result as GraphResult),
    onError: (ctx, _id, _payload, errors) =>
      errors.map((error) => endpoint.formatError(error, states.get(ctx)?.call.requestId ?? '')),
    execute: (args) =>
      executeOperation(endpoint, args.rootValue as GraphRequest, args.contextValue as Call) as Promise<ExecutionResult>,
    subscribe: (args) =>
      subscribeUntilReturn(endpoint, args.rootValue as GraphRequest, args.contextValue as Call) as never,
  });

  const connections = new Set<SocketConnection>();
  const watch = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) connection.check(now);
  }, CHECK_MS).unref();

  server.on('connection', (socket, request: IncomingMessage) => {
    const connection = new SocketConnection(socket, performance.now());
    connections.add(connection);
    metrics.sockets.inc();
    socket.once('close', () => {
      connections.delete(connection);
      metrics.sockets.dec();
    });
    connection.serve(protocol, request, (error) => endpoint.formatError(error, ''));
  });

  let closed: Promise<void> | undefined;
  const close = async () => {
    clearInterval(watch);
    // Two codes and no common moment, so that clients do not all come back at once.
    const sockets = [...server.clients];
    sockets.forEach((socket, index) => socket.close(index % 2 === 0 ? GOING_AWAY : SERVICE_RESTART, 'server stops'));
    server.removeAllListeners();
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  };

  return {
    path: options.path,
    upgrade(request, socket, head) {
      if (server.clients.size >= MAX_SOCKETS) return refuse(socket, '503 Service Unavailable');
      if (!internal && !isSameOrigin(request.headers)) return refuse(socket, '403 Forbidden');
      server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws, request));
    },
    close: () => (closed ??= close()),
  };
}

/** Closes a socket at a moment in epoch milliseconds. */
function closeAt({ extra }: SocketContext, time: number): NodeJS.Timeout {
  const waitMs = Math.min(Math.max(0, time - Date.now()), MAX_TIMER_MS);
  return setTimeout(() => extra.socket.close(FORBIDDEN, 'Forbidden'), waitMs).unref();
}

const refuse = (socket: Duplex, status: string) => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
