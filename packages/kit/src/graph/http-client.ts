import { createClient, type Client } from 'graphql-ws';
import { Agent } from 'undici';
import WebSocket from 'ws';
import { CLIENT_ADDRESS_HEADER } from '../auth/client-address.ts';
import type { Identity } from '../auth/internal-token.ts';
import { requestFault } from '../errors.ts';
import { activeTrace } from '../telemetry/tracing.ts';
import { createDeadlines } from './deadlines.ts';
import { forwardedError, type Call, type GraphClient, type GraphRequest, type GraphResult } from './graph.ts';
import { exchange } from './http-exchange.ts';
import { NoAnswerError } from './no-answer.ts';

const TIMEOUT_MS = 10_000;
/** A peer that vanished without a word is noticed within two of these. */
const KEEP_ALIVE_MS = 12_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const deadlines = createDeadlines();
const agent = new Agent({
  connections: 128,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  // The whole exchange has a deadline: bounds for its parts would be timers more, and no bound for a body that trickles.
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: { timeout: 2_000 },
});

export interface HttpClientOptions {
  /** The processes of the service; calls go round, and pass over those that do not listen. */
  readonly urls: readonly string[];
  /** The service's name: the token is good for nobody else. Messages name it. */
  readonly audience: string;
  /** Who asks; without it no token is sent, as a service that is not one of ours wants it. */
  readonly identity?: Identity;
  /** The time for a whole call, until the last byte of the answer and over all processes that were tried; noticed up to 100 ms late. */
  readonly timeoutMs?: number;
  readonly keepAliveMs?: number;
  /** Counted while the answer is read. */
  readonly maxAnswerBytes?: number;
}

/** Asks a service over HTTP, and over WebSocket for subscriptions, as one of our own services. */
export function createHttpClient(options: HttpClientOptions): GraphClient {
  const { urls, audience, identity } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const keepAliveMs = options.keepAliveMs ?? KEEP_ALIVE_MS;
  const maxAnswerBytes = options.maxAnswerBytes ?? MAX_ANSWER_BYTES;
  const targets = urls.map(targetOf);
  let turn = 0;
  const next = () => (turn = (turn + 1) % urls.length);

  return {
    async execute<Data>(request: GraphRequest, call: Call) {
      const headers = headersOf(call, await identity?.sign(call.caller, audience));
      const body = bodyOf(request);
      const { signal } = call;
      const expiresAt = deadlines.now() + timeoutMs;
      const rest = {
        dispatcher: agent,
        headers,
        body,
        audience,
        timeoutMs,
        expiresAt,
        deadlines,
        maxAnswerBytes,
        signal,
      };
      for (let tries = 1; ; tries += 1) {
        const { origin, path } = targets[next()]!;
        try {
          return await exchange<Data>({ origin, path, ...rest });
        } catch (error) {
          // Nothing was sent: another process of the same service may take the call, whatever it is.
          const unsent = error instanceof NoAnswerError && error.reason === 'not sent';
          if (!unsent || tries >= targets.length) throw error;
        }
      }
    },

    async *subscribe<Data>(request: GraphRequest, call: Call): AsyncGenerator<GraphResult<Data>> {
      if (call.signal?.aborted) return;
      const url = urls[next()]!;
      let unanswered: NodeJS.Timeout | undefined;
      const client: Client = createClient({
        url: url.replace(/^http/, 'ws'),
        webSocketImpl: call.headers ? withHeaders(call.headers) : WebSocket,
        connectionParams: async () =>
          identity
            ? { authorization: `Bearer ${await identity.sign(call.caller, audience)}`, ...toldBy(call) }
            : { ...toldBy({ trace: call.trace }) },
        retryAttempts: 0,
        keepAlive: keepAliveMs,
        on: {
          // graphql-ws only sends pings: without a limit for the pong a subscription to a lost machine would wait for ever.
          ping(received) {
            if (!received) unanswered = setTimeout(() => client.terminate(), keepAliveMs);
          },
          pong(received) {
            if (received) clearTimeout(unanswered);
          },
        },
        connectionAckWaitTimeout: timeoutMs,
      });
      const events = client.iterate<Data>({
        query: request.query,
        variables: request.variables ?? null,
        operationName: request.operationName ?? null,
      });
      const stop = () => void events.return?.();
      call.signal?.addEventListener('abort', stop, { once: true });
      try {
        for await (const event of events) yield event as GraphResult<Data>;
      } catch (error) {
        if (Array.isArray(error)) throw forwardedError(error[0] as { message: string });
        throw requestFault('SERVICE_UNAVAILABLE', `The subscription to ${audience} broke off.`);
      } finally {
        clearTimeout(unanswered);
        call.signal?.removeEventListener('abort', stop);
        await client.dispose();
      }
    },
  };
}

/** Where undici sends a request for a URL. */
function targetOf(url: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}

/** What the client says of itself: no header that came from elsewhere may say it too. */
const OWN_HEADERS = new Set([
  'accept-encoding',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'x-request-id',
  CLIENT_ADDRESS_HEADER,
]);

/** The headers of one call, names and values in turn. */
function headersOf(call: Call, token: string | undefined): string[] {
  const headers = ['content-type', 'application/json', 'x-request-id', call.requestId];
  const trace = call.trace ?? activeTrace();
  if (trace !== undefined) {
    headers.push('traceparent', trace.traceparent);
    if (trace.tracestate !== undefined) headers.push('tracestate', trace.tracestate);
  }
  if (token !== undefined) {
    headers.push('authorization', `Bearer ${token}`);
    // Who asked us, and from where, is for our own services to know.
    const { client, clientAddress } = call;
    if (clientAddress !== undefined) headers.push(CLIENT_ADDRESS_HEADER, clientAddress);
    if (client !== undefined) {
      headers.push('apollographql-client-name', client.name);
      if (client.version !== '') headers.push('apollographql-client-version', client.version);
    }
  }
  if (call.headers)
    for (const name of Object.keys(call.headers))
      if (!OWN_HEADERS.has(name.toLowerCase())) headers.push(name, call.headers[name]!);
  return headers;
}

/** What the payload of connection_init says beside the credential: a socket of this client is for one subscription. */
const toldBy = ({
  client,
  clientAddress,
  trace = activeTrace(),
}: Pick<Call, 'client' | 'clientAddress' | 'trace'>): Record<string, string> => ({
  ...(clientAddress === undefined ? {} : { [CLIENT_ADDRESS_HEADER]: clientAddress }),
  ...(trace ? { traceparent: trace.traceparent } : {}),
  ...(trace?.tracestate === undefined ? {} : { tracestate: trace.tracestate }),
  ...(client ? { 'apollographql-client-name': client.name, 'apollographql-client-version': client.version } : {}),
});

/** The body of a request: by concatenation, since documents are long, seldom change, and the asker may have them as JSON already. */
function bodyOf({ query, queryJson, variables, operationName }: GraphRequest): string {
  let body = `{"query":${queryJson ?? JSON.stringify(query)}`;
  if (variables !== undefined) body += `,"variables":${JSON.stringify(variables)}`;
  if (operationName !== undefined) body += `,"operationName":${JSON.stringify(operationName)}`;
  return `${body}}`;
}

/** A WebSocket whose handshake carries the headers of a call. */
const withHeaders = (headers: Readonly<Record<string, string>>) =>
  class extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      const sent = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
      super(address, protocols, { headers: Object.fromEntries(sent) });
    }
  };
