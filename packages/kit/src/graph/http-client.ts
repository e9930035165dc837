import { Agent, request as httpRequest } from 'undici';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { Identity } from '../auth/internal-token.ts';
import { requestFault } from '../errors.ts';
import { forwardedError, type Call, type GraphClient, type GraphRequest, type GraphResult } from './graph.ts';

const TIMEOUT_MS = 10_000;
/** A peer that vanished without a word is noticed within two of these. */
const KEEP_ALIVE_MS = 12_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const agent = new Agent({
  connections: 128,
  keepAliveTimeout: 30_000,
  headersTimeout: TIMEOUT_MS,
  bodyTimeout: TIMEOUT_MS,
  connect: { timeout: 2_000 },
});

/** Nothing was sent: another process of the same service may take the call, whatever it is. */
const NOT_SENT = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'ENOTFOUND', 'EHOSTUNREACH']);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/**
 * Asks a service over HTTP, and over WebSocket for subscriptions, as one of our own services.
 * @param options.urls the processes of the service; calls go round, and pass over those that do not listen.
 * @param options.audience the service's name: the token is good for nobody else.
 */
export function createHttpClient(options: {
  readonly urls: readonly string[];
  readonly audience: string;
  readonly identity: Identity;
  readonly timeoutMs?: number;
  readonly keepAliveMs?: number;
}): GraphClient {
  const { urls, audience, identity } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const keepAliveMs = options.keepAliveMs ?? KEEP_ALIVE_MS;
  let turn = 0;

  const send = async (url: string, request: GraphRequest, call: Call): Promise<GraphResult> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await httpRequest(url, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await identity.sign(call.caller, audience)}`,
        'x-request-id': call.requestId,
      },
      body: JSON.stringify({
        query: request.query,
        variables: request.variables,
        operationName: request.operationName,
      }),
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    });
    const text = await body.text();
    if (text.length > MAX_ANSWER_BYTES)
      throw requestFault('SERVICE_UNAVAILABLE', `${audience} gave an answer that is too large.`);
    try {
      const result = JSON.parse(text) as GraphResult;
      if (result !== null && typeof result === 'object' && ('data' in result || 'errors' in result)) return result;
    } catch {
      // Not JSON: a proxy or a crash answered. The status says the rest.
    }
    throw requestFault('SERVICE_UNAVAILABLE', `${audience} answered with HTTP status ${statusCode}.`);
  };

  return {
    async execute<Data>(request: GraphRequest, call: Call) {
      for (let tries = 1; ; tries += 1) {
        const url = urls[(turn = (turn + 1) % urls.length)]!;
        try {
          return (await send(url, request, call)) as GraphResult<Data>;
        } catch (error) {
          if (error instanceof Error && error.name === 'GraphQLError') throw error;
          if (NOT_SENT.has(codeOf(error)) && tries < urls.length) continue;
          if (error instanceof Error && error.name === 'TimeoutError')
            throw requestFault('TIMEOUT', `${audience} did not answer within ${timeoutMs} ms.`);
          if (call.signal?.aborted) throw error;
          throw requestFault('SERVICE_UNAVAILABLE', `${audience} cannot be reached.`);
        }
      }
    },

    async *subscribe<Data>(request: GraphRequest, call: Call): AsyncGenerator<GraphResult<Data>> {
      const url = urls[(turn = (turn + 1) % urls.length)]!;
      let unanswered: NodeJS.Timeout | undefined;
      const client: Client = createClient({
        url: url.replace(/^http/, 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: async () => ({ authorization: `Bearer ${await identity.sign(call.caller, audience)}` }),
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
