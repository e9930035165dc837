import { EventEmitter, on, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { asCustomer, asGuest } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import Fastify, { type FastifyInstance } from 'fastify';
import { createClient, NetworkError } from 'graphql-sse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestFault } from '../errors.ts';
import { silentLogger } from '../logger.ts';
import { createMetrics, type ServiceMetrics } from '../metrics.ts';
import { createOperations } from '../operations/operations-mode.ts';
import { createService, type Service } from '../service.ts';
import type { Timing } from '../timing.ts';
import { createSchemaEndpoint, type GraphEndpoint } from './endpoint.ts';
import type { BaseContext } from './engine.ts';
import type { Call } from './graph.ts';
import { INTERNAL_LIMITS } from './limits.ts';
import { serveEventStreams, type EventStreamsOptions } from './sse.ts';

const SDL = `
  type Query { hello(name: String): String! broken: String! }
  type Mutation { count: Int! }
  type Subscription { ticks: String! three: Int! }`;

/** A graph with a subscription whose events a test sends. */
function createTicks(metrics: ServiceMetrics) {
  const source = new EventEmitter();
  let count = 0;
  const endpoint: GraphEndpoint = createSchemaEndpoint({
    name: 'ticks',
    logger: silentLogger,
    metrics,
    limits: INTERNAL_LIMITS,
    introspection: true,
    schema: makeExecutableSchema({
      typeDefs: SDL,
      resolvers: {
        Query: {
          hello: (_: unknown, { name }: { name?: string }, { caller }: BaseContext) => name ?? caller.subject,
          broken: () => {
            throw new Error('select * from secrets');
          },
        },
        Mutation: { count: () => (count += 1) },
        Subscription: {
          ticks: { subscribe: () => on(source, 'tick'), resolve: ([tick]: string[]) => tick },
          three: {
            async *subscribe() {
              for (const three of [1, 2, 3]) yield await Promise.resolve({ three });
            },
          },
        },
      },
    }),
    context: (call): BaseContext => call,
  });
  return {
    endpoint,
    tick: (text: string) => source.emit('tick', text),
    listeners: () => source.listenerCount('tick'),
    get count() {
      return count;
    },
  };
}

const metrics = () => createMetrics('ticks');
const streamsOpen = async ({ eventStreams }: ServiceMetrics) => (await eventStreams.get()).values[0]?.value;
const JSON_BODY = { 'content-type': 'application/json' };
const STREAM = { accept: 'text/event-stream' };
const next = (result: object) => `event: next\ndata: ${JSON.stringify(result)}\n\n`;
const COMPLETE = 'event: complete\ndata: \n\n';

describe('a service', () => {
  let service: Service;
  let measured: ServiceMetrics;
  let ticks: ReturnType<typeof createTicks>;
  let url: string;

  beforeEach(async () => {
    measured = metrics();
    ticks = createTicks(measured);
    service = createService({
      name: 'ticks',
      logger: silentLogger,
      metrics: measured,
      mounts: [
        {
          path: '/graphql',
          endpoint: ticks.endpoint,
          async authenticate({ authorization }) {
            if (authorization === 'Bearer wrong') throw requestFault('UNAUTHENTICATED', 'No.');
            return authorization === undefined ? asGuest().caller : asCustomer('customer-1').caller;
          },
        },
      ],
    });
    url = `http://127.0.0.1:${await service.listen(0, '127.0.0.1')}/graphql`;
  });
  afterEach(() => service.stop());

  const post = (body: object, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', headers: { ...JSON_BODY, ...STREAM, ...headers }, body: JSON.stringify(body) });
  const get = (search: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${url}?${new URLSearchParams(search).toString()}`, { headers: { ...STREAM, ...headers } });
  const subscribe = (query: string, retryAttempts = 0) => {
    const client = createClient({ url, retryAttempts, headers: { authorization: 'Bearer right' } });
    return { client, events: client.iterate({ query }) };
  };

  it('gives the client of graphql-sse the events of a subscription, and ends', async () => {
    const results: unknown[] = [];
    for await (const result of subscribe('subscription { three }').events) results.push(result);
    expect(results).toEqual([1, 2, 3].map((three) => ({ data: { three } })));
    await eventually(async () => expect(await streamsOpen(measured)).toBe(0));
  });

  it('answers queries and mutations of the client of graphql-sse as the caller', async () => {
    const { client } = subscribe('');
    const all = async (query: string) => {
      const results: unknown[] = [];
      for await (const result of client.iterate({ query, variables: {} })) results.push(result);
      return results;
    };
    expect(await all('{ hello }')).toEqual([{ data: { hello: 'customer-1' } }]);
    expect(await all('mutation { count }')).toEqual([{ data: { count: 1 } }]);
  });

  it('ends the source at once when the client leaves', async () => {
    const { events } = subscribe('subscription { ticks }');
    const first = events.next();
    await eventually(() => expect(ticks.listeners()).toBe(1));
    expect(await streamsOpen(measured)).toBe(1);
    ticks.tick('one');
    expect((await first).value).toEqual({ data: { ticks: 'one' } });
    await events.return!();
    await eventually(() => expect(ticks.listeners()).toBe(0));
    await eventually(async () => expect(await streamsOpen(measured)).toBe(0));
  });

  it('breaks streams off when it stops, so that clients come back', async () => {
    const { events } = subscribe('subscription { ticks }');
    const first = events.next();
    await eventually(() => expect(ticks.listeners()).toBe(1));
    await service.stop();
    await expect(first).rejects.toThrow(NetworkError);
    expect(ticks.listeners()).toBe(0);
  });

  it('streams with headers that nothing on the way holds back', async () => {
    const response = await post({ query: 'subscription { three }' }, { 'x-request-id': 'request-1' });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': 'request-1',
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    const events = [1, 2, 3].map((three) => next({ data: { three } }));
    expect(await response.text()).toBe(`:\n\n${events.join('')}${COMPLETE}`);
  });

  it.each([
    ['is not GraphQL', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['does not fit the schema', { query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['names no operation', { query: 'query A { hello }', operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['is not there', { query: '' }, 'BAD_REQUEST'],
    [
      'is not known by its hash',
      { extensions: { persistedQuery: { version: 1, sha256Hash: '0' } } },
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    ['fails', { query: '{ broken }' }, 'INTERNAL'],
  ])('tells in the stream of a document that %s', async (_what, body, code) => {
    const response = await post(body, { 'x-request-id': 'request-1' });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(/^:\n\nevent: next\ndata: .*\n\nevent: complete\ndata: \n\n$/);
    const { errors } = JSON.parse(/data: (.*)/.exec(text)![1]!) as { errors: { extensions: object }[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]!.extensions).toMatchObject({ code, requestId: 'request-1' });
    expect(text).not.toContain('secrets');
  });

  it('answers with a status instead of a stream when the credential is wrong', async () => {
    const response = await post({ query: 'subscription { three }' }, { authorization: 'Bearer wrong' });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it.each([
    ['a list', []],
    ['variables that are no object', { query: '{ hello }', variables: [1] }],
    ['extensions that are no object', { query: '{ hello }', extensions: 'x' }],
    ['an operationName that is no string', { query: '{ hello }', operationName: 1 }],
  ])('answers 400 to %s', async (_what, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('answers 400 to a body that a form could send', async () => {
    const body = JSON.stringify({ query: 'mutation { count }' });
    const response = await fetch(url, { method: 'POST', headers: { ...STREAM, 'content-type': 'text/plain' }, body });
    expect(response.status).toBe(400);
    expect(ticks.count).toBe(0);
  });

  it('streams to GET with variables, from the same origin or with a header that browsers ask about', async () => {
    const search = { query: 'query ($name: String) { hello(name: $name) }', variables: '{"name":"x"}' };
    const { origin } = new URL(url);
    for (const headers of [{ 'apollo-require-preflight': '1' }, { 'sec-fetch-site': 'same-origin' }, { origin }]) {
      const response = await get(search, headers);
      expect(await response.text()).toBe(`:\n\n${next({ data: { hello: 'x' } })}${COMPLETE}`);
    }
  });

  it.each([
    ['tells nothing of its origin', {}],
    ['comes from another origin', { origin: 'https://elsewhere.test' }],
    ['comes from another origin that calls itself the same site', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('answers 400 to a GET that %s', async (_what, headers) => {
    const response = await get({ query: 'subscription { three }' }, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('answers 405 to a mutation by GET and does not execute it', async () => {
    const response = await get({ query: 'mutation { count }' }, { 'apollo-require-preflight': '1' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(ticks.count).toBe(0);
  });

  it('answers 400 to a GET whose variables are not JSON', async () => {
    const response = await get({ query: '{ hello }', variables: '{' }, { 'apollo-require-preflight': '1' });
    expect(response.status).toBe(400);
  });

  it('answers in JSON when the client names another media type first', async () => {
    const response = await post({ query: '{ hello }' }, { accept: 'application/json, text/event-stream' });
    expect(await response.json()).toEqual({ data: { hello: 'guest' } });
  });

  it('says how to subscribe when a subscription comes without a stream', async () => {
    const response = await post({ query: 'subscription { three }' }, { accept: 'application/json' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message: expect.stringContaining('text/event-stream'),
          extensions: { code: 'SUBSCRIPTION_NOT_SUPPORTED' },
        },
      ],
    });
  });
});

describe('streams', () => {
  let app: FastifyInstance;
  let socket: Socket;
  afterEach(async () => {
    socket.destroy();
    await app.close();
  });

  /** Serves streams by a clock that a test moves, and opens one. */
  async function open(call: Call = asGuest(), options: Partial<EventStreamsOptions> = {}) {
    let now = 0;
    let time = Date.UTC(2030, 0, 1);
    let due: { readonly at: number; readonly run: () => void }[] = [];
    const timing: Timing = {
      now: () => now,
      after(delayMs, run) {
        const entry = { at: now + delayMs, run };
        due.push(entry);
        return () => void (due = due.filter((each) => each !== entry));
      },
    };
    const measured = metrics();
    const ticks = createTicks(measured);
    const streams = serveEventStreams({
      endpoint: ticks.endpoint,
      operations: createOperations({ mode: 'open' }),
      callOf: () => Promise.resolve(call),
      metrics: measured,
      timing,
      clock: { now: () => new Date(time) },
      ...options,
    });
    app = Fastify();
    app.post('/', (request, reply) => streams.answer(request, reply));
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const body = JSON.stringify({ query: 'subscription { ticks }' });
    const request = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.write(request);
    await eventually(() => expect(ticks.listeners()).toBe(1));
    await eventually(() => expect(received).toContain(':\n\n'));
    received = '';
    return {
      streams,
      ticks,
      measured,
      url: `http://127.0.0.1:${port}/`,
      /** What has come since the last look. */
      received: () => received,
      due: () => due.length,
      async advance(seconds: number) {
        for (let second = 0; second < seconds; second += 1) {
          now += 1_000;
          time += 1_000;
          const ready = due.filter(({ at }) => at <= now);
          due = due.filter(({ at }) => at > now);
          for (const { run } of ready) run();
          await setImmediate();
        }
      },
    };
  }

  it('are kept alive by a comment when nothing was sent for 12 seconds', async () => {
    const { advance, received, ticks } = await open();
    await advance(11);
    ticks.tick('one');
    await eventually(() => expect(received()).toContain('"one"'));
    const before = received().length;
    await advance(11);
    expect(received()).toHaveLength(before);
    await advance(1);
    await eventually(() => expect(received().slice(before)).toContain(':\n\n'));
  });

  it('end with the credential of the caller', async () => {
    const { caller } = asCustomer('customer-1');
    const expiresAt = Date.UTC(2030, 0, 1) + 3_000;
    const { advance, received, ticks, due } = await open({ caller: { ...caller, expiresAt }, requestId: 'request-1' });
    await advance(2);
    expect(ticks.listeners()).toBe(1);
    await advance(1);
    await eventually(() => expect(received()).toContain(COMPLETE));
    expect(received()).toContain('"code":"UNAUTHENTICATED","requestId":"request-1"');
    await eventually(() => expect(ticks.listeners()).toBe(0));
    await advance(1);
    expect(due()).toBe(0);
  });

  it('are cut off when more than a mebibyte waits for 5 seconds', async () => {
    const { advance, ticks, measured } = await open();
    socket.pause();
    // More than the buffers of both sides hold.
    ticks.tick('x'.repeat(32 * 1024 * 1024));
    await setImmediate();
    await advance(4);
    expect(ticks.listeners()).toBe(1);
    await advance(1);
    await eventually(() => expect(ticks.listeners()).toBe(0));
    await eventually(async () => expect(await streamsOpen(measured)).toBe(0));
  });

  it('are refused when as many are open as may, and when the server stops', async () => {
    const { url, streams, ticks } = await open(asGuest(), { most: 1 });
    const ask = async () => {
      const response = await fetch(url, { method: 'POST', headers: JSON_BODY, body: '{"query":"{ hello }"}' });
      const { errors } = (await response.json()) as { errors: { extensions: object }[] };
      return { status: response.status, code: errors[0]!.extensions };
    };
    const unavailable = {
      status: 503,
      code: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', retryable: true }),
    };
    expect(await ask()).toEqual(unavailable);
    const closed = once(socket, 'close');
    streams.close();
    socket.end();
    await closed;
    await eventually(() => expect(ticks.listeners()).toBe(0));
    expect(await ask()).toEqual(unavailable);
  });
});
