import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Context } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import {
  getOperationAST,
  GraphQLError,
  parse,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
} from 'graphql';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../auth/caller.ts';
import { vouchedFor, type Verified } from '../auth/internal-token.ts';
import { requestFault } from '../errors.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { acceptRequestId, type GraphEndpoint } from './endpoint.ts';
import type { Call, GraphRequest, GraphResult } from './graph.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const INIT_TIMEOUT_MS = 3_000;
const PING_MS = 12_000;
const MAX_SUBSCRIPTIONS = 50;
const MAX_SOCKETS = 20_000;
const MAX_BUFFER_BYTES = 1024 * 1024;
const BUFFER_CHECK_MS = 1_000;
const SLOW_CHECKS = 5;
const MAX_TOKENS = 10_000;
/** RFC 6455 7.4.1: the server goes away, or restarts; clients reconnect on both. */
const GOING_AWAY = 1001;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;
/** graphql-ws: the client may come back with another credential. */
const FORBIDDEN = 4403;
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
}

type SocketContext = Context<Record<string, unknown> | undefined, Extra>;

interface SocketState {
  caller: Caller;
  issuer?: string | undefined;
  requestId: string;
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
  const { endpoint, authenticate, metrics, internal } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const states = new WeakMap<SocketContext, SocketState>();
  const callOf = (ctx: SocketContext): Call => {
    const state = states.get(ctx);
    if (!state) throw requestFault('UNAUTHENTICATED', 'The connection was not initialised.');
    return state;
  };

  /** An internal token lives for a minute and vouches for the whole socket; any other credential must still be good for each operation. */
  const recheck = async (ctx: SocketContext): Promise<GraphQLError | null> => {
    const state = states.get(ctx);
    if (!state || internal || state.issuer !== undefined) return null;
    try {
      await authenticate({ authorization: state.authorization });
      return null;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      if (error.extensions['code'] === 'UNAUTHENTICATED') ctx.extra.socket.close(FORBIDDEN, 'Forbidden');
      return error;
    }
  };

  const disposable = useServer(
    {
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
          states.set(ctx, {
            ...verified,
            requestId: acceptRequestId(request.headers['x-request-id']),
            authorization,
            ...(expiresAt === undefined ? {} : { expiry: closeAt(ctx, expiresAt) }),
          });
          return true;
        } catch (error) {
          if (error instanceof GraphQLError && error.extensions['code'] === 'UNAUTHENTICATED') return false;
          throw error;
        }
      },
      async onSubscribe(ctx, _id, payload) {
        if (Object.keys(ctx.subscriptions).length > MAX_SUBSCRIPTIONS)
          return [
            new GraphQLError(`A socket may have at most ${MAX_SUBSCRIPTIONS} subscriptions at once.`, {
              extensions: { code: 'RATE_LIMITED' },
            }),
          ];
        const document = parsed(payload.query);
        if (document instanceof GraphQLError) return [document];
        if (!getOperationAST(document, payload.operationName))
          return [requestFault('OPERATION_RESOLUTION_FAILURE', 'operationName names no operation of the document.')];
        const refusal = await recheck(ctx);
        if (refusal) return [refusal];
        const request: GraphRequest = {
          query: payload.query,
          variables: payload.variables ?? undefined,
          operationName: payload.operationName ?? undefined,
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
      onNext: (_ctx, _id, _payload, _args, result) => result as FormattedExecutionResult,
      execute: async (args) =>
        (await endpoint.execute(args.rootValue as GraphRequest, args.contextValue as Call)) as ExecutionResult,
      subscribe: (args) =>
        subscribeUntilReturn(endpoint, args.rootValue as GraphRequest, args.contextValue as Call) as never,
    },
    server,
    PING_MS,
  );

  const slow = new WeakMap<WebSocket, number>();
  const watch = setInterval(() => {
    for (const socket of server.clients) {
      const checks = socket.bufferedAmount > MAX_BUFFER_BYTES ? (slow.get(socket) ?? 0) + 1 : 0;
      slow.set(socket, checks);
      if (checks >= SLOW_CHECKS) socket.close(TRY_AGAIN_LATER, 'reading too slowly');
    }
  }, BUFFER_CHECK_MS).unref();

  server.on('connection', (socket) => {
    metrics.sockets.inc();
    socket.once('close', () => metrics.sockets.dec());
    socket.on('error', () => socket.terminate());
  });

  return {
    path: options.path,
    upgrade(request, socket, head) {
      if (server.clients.size >= MAX_SOCKETS) return refuse(socket, '503 Service Unavailable');
      if (!internal && !sameOrigin(request)) return refuse(socket, '403 Forbidden');
      server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws, request));
    },
    async close() {
      clearInterval(watch);
      // Two codes and no common moment, so that clients do not all come back at once.
      const sockets = [...server.clients];
      sockets.forEach((socket, index) => socket.close(index % 2 === 0 ? GOING_AWAY : SERVICE_RESTART, 'server stops'));
      await disposable.dispose();
    },
  };
}

/** Closes a socket at a moment in epoch milliseconds. */
function closeAt({ extra }: SocketContext, time: number): NodeJS.Timeout {
  const waitMs = Math.min(Math.max(0, time - Date.now()), MAX_TIMER_MS);
  return setTimeout(() => extra.socket.close(FORBIDDEN, 'Forbidden'), waitMs).unref();
}

/** A mistake in one document is that operation's error: thrown, it would close the socket with all the others on it. */
function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    return requestFault(
      'GRAPHQL_PARSE_FAILED',
      error instanceof Error ? error.message : 'The document is not GraphQL.',
    );
  }
}

/**
 * A subscription whose end reaches its source at once. A generator alone would not: its `return` waits until the `next` that
 * is under way has an event, and a quiet source may never have one.
 */
function subscribeUntilReturn(
  endpoint: GraphEndpoint,
  request: GraphRequest,
  call: Call,
): AsyncGenerator<GraphResult, void> {
  const controller = new AbortController();
  const events = withFormattedErrors(endpoint, request, { ...call, signal: controller.signal });
  return {
    next: () => events.next(),
    throw: (error) => events.throw(error),
    return() {
      controller.abort();
      return events.return();
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A subscription that broke off ends with its error as the last event, so that every client shows it. */
async function* withFormattedErrors(
  endpoint: GraphEndpoint,
  request: GraphRequest,
  call: Call,
): AsyncGenerator<GraphResult, void> {
  try {
    yield* endpoint.subscribe(request, call);
  } catch (error) {
    yield { errors: [endpoint.formatError(error, call.requestId)] };
  }
}

const refuse = (socket: Duplex, status: string) => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);

/** Browsers send Origin and cannot forge it; other clients send none. */
function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (!origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
