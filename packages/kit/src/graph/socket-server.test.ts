import { EventEmitter, on, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { guestOf, type Caller } from '../auth/caller.ts';
import { silentLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { createSchemaEndpoint } from './endpoint.ts';
import { PUBLIC_LIMITS } from './limits.ts';
import { shareEvent } from './shared-event.ts';
import { serveSockets, type SocketServer } from './socket-server.ts';

const SDL = `
  type Query { hello: String! }
  type Subscription { news: News! three: Int! }
  type News { text: String! number: Int! }`;
const NEWS = 'subscription { news { text number } }';

const source = new EventEmitter().setMaxListeners(0);
const tell = (news: { text: string; number: number }) => source.emit('news', shareEvent(news));
const staff: Caller = { role: 'staff', subject: 'staff-1', channel: 'web', scopes: [] };

let http: Server;
let sockets: SocketServer;
let url: string;
beforeEach(async () => {
  const metrics = createMetrics('news');
  const endpoint = createSchemaEndpoint({
    name: 'news',
    logger: silentLogger,
    metrics,
    limits: PUBLIC_LIMITS,
    introspection: true,
    schema: makeExecutableSchema({
      typeDefs: SDL,
      resolvers: {
        Query: { hello: () => 'hello' },
        Subscription: {
          news: {
            subscribe: () => {
              const events = on(source, 'news');
              return {
                next: async () => {
                  const { done, value } = await events.next();
                  return done ? { done, value: undefined } : { done, value: (value as unknown[])[0] };
                },
                return: () => events.return!(),
                [Symbol.asyncIterator]() {
                  return this;
                },
              };
            },
            resolve: (news: object) => news,
          },
          three: {
            async *subscribe() {
              for (const three of [1, 2, 3]) yield await Promise.resolve({ three });
            },
          },
        },
      },
    }),
    context: (call) => call,
  });
  sockets = serveSockets({
    path: '/graphql',
    endpoint,
    authenticate: async ({ authorization }) => (authorization === 'Bearer staff' ? staff : guestOf('web')),
    metrics,
    internal: false,
  });
  http = createServer();
  http.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
});
afterEach(async () => {
  await sockets.close();
  http.closeAllConnections();
  http.close();
});

/** A client that shows the messages as they came. */
async function open(authorization?: string) {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const texts: string[] = [];
  socket.on('message', (data: Buffer) => texts.push(data.toString()));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', ...(authorization ? { payload: { authorization } } : {}) }));
  await eventually(() => expect(texts).toEqual(['{"type":"connection_ack"}']));
  texts.length = 0;
  return { socket, texts, send: (message: object) => socket.send(JSON.stringify(message)) };
}

const listening = (count: number) => eventually(() => expect(source.listenerCount('news')).toBe(count));

describe('an event for many', () => {
  it.each([
    ['a short text', 'x'],
    ['a text with quotes and letters of several bytes', '"}] \\ ✓ 📦 é'],
    ['a text of more than 125 bytes', 'x'.repeat(300)],
    ['a text of more than 65,535 bytes', '📦'.repeat(40_000)],
  ])('reaches each under its own id, as graphql-ws would have written it: %s', async (_what, text) => {
    const ids = [
      '1',
      'b2f2c1a0-0000-4000-8000-000000000000',
      '"type":"next","payload":0}',
      'ключ ✓ "quoted" \\',
      '__proto__2',
    ];
    const clients = await Promise.all(ids.map(() => open()));
    clients.forEach(({ send }, index) => send({ id: ids[index], type: 'subscribe', payload: { query: NEWS } }));
    await listening(ids.length);
    tell({ text, number: 1 });
    tell({ text: 'second', number: 2 });
    const expected = (id: string) =>
      [
        { text, number: 1 },
        { text: 'second', number: 2 },
      ].map((news) => JSON.stringify({ id, type: 'next', payload: { data: { news } } }));
    for (const [index, { texts }] of clients.entries())
      await eventually(() => expect(texts).toEqual(expected(ids[index]!)));
    for (const { socket } of clients) socket.terminate();
    await listening(0);
  });

  it('comes between the other messages of a socket and changes none of them', async () => {
    const { socket, texts, send } = await open();
    send({ id: 'a', type: 'subscribe', payload: { query: NEWS } });
    send({ id: 'b', type: 'subscribe', payload: { query: 'subscription { news { number } }' } });
    await listening(2);
    tell({ text: 'x', number: 1 });
    send({ type: 'ping', payload: { type: 'next', payload: 0 } });
    send({ id: 'q', type: 'subscribe', payload: { query: '{ hello }' } });
    send({ id: 'e', type: 'subscribe', payload: { query: '{ nobody }' } });
    send({ id: 't', type: 'subscribe', payload: { query: 'subscription { three }' } });
    tell({ text: 'y', number: 2 });
    await eventually(() => expect(texts.filter((text) => text.includes('"complete"'))).toHaveLength(3));
    const of = (id: string) =>
      texts.filter((text) => text.startsWith(`{"id":"${id}"`)).map((text) => JSON.parse(text) as object);
    expect(of('a')).toEqual([
      { id: 'a', type: 'next', payload: { data: { news: { text: 'x', number: 1 } } } },
      { id: 'a', type: 'next', payload: { data: { news: { text: 'y', number: 2 } } } },
    ]);
    expect(of('b')).toEqual(
      [1, 2].map((number) => ({ id: 'b', type: 'next', payload: { data: { news: { number } } } })),
    );
    expect(texts).toContain('{"type":"pong","payload":{"type":"next","payload":0}}');
    expect(of('q')).toEqual([
      { id: 'q', type: 'next', payload: { data: { hello: 'hello' } } },
      { id: 'q', type: 'complete' },
    ]);
    expect(of('t').slice(0, 3)).toEqual(
      [1, 2, 3].map((three) => ({ id: 't', type: 'next', payload: { data: { three } } })),
    );
    expect(of('e')[0]).toMatchObject({ payload: { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] } });
    // The end of a subscription by its client reaches the source; the socket stays.
    send({ id: 'a', type: 'complete' });
    await listening(1);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
    await listening(0);
  });

  it('reaches the client of the package graphql-ws', async () => {
    const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization: 'Bearer staff' } });
    const events = client.iterate({ query: NEWS });
    const first = events.next();
    await listening(1);
    tell({ text: 'for staff', number: 1 });
    expect(await first).toEqual({ done: false, value: { data: { news: { text: 'for staff', number: 1 } } } });
    await events.return!();
    await listening(0);
    await client.dispose();
  });
});

describe('a socket', () => {
  it.each([
    ['4400', 'sends what is no message', '{"type":'],
    ['4400', 'sends a message that is none of the protocol', '{"type":"sing"}'],
    ['4429', 'initialises twice', '{"type":"connection_init"}'],
    ['4500', 'sends a message that only servers send', '{"type":"connection_ack"}'],
  ])('is closed with %s when its client %s', async (code, _what, text) => {
    const { socket } = await open();
    socket.send(text);
    expect(((await once(socket, 'close')) as [number])[0]).toBe(Number(code));
  });

  it('is closed with 4401 when its client subscribes first, and with 4406 when it speaks another protocol', async () => {
    const early = new WebSocket(url, 'graphql-transport-ws');
    await once(early, 'open');
    early.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: NEWS } }));
    expect(((await once(early, 'close')) as [number])[0]).toBe(4401);
    const other = new WebSocket(url);
    expect(((await once(other, 'close')) as [number])[0]).toBe(4406);
  });

  it('may have 50 subscriptions and is told of the fifty-first', async () => {
    const { socket, texts, send } = await open();
    for (let id = 1; id <= 51; id += 1) send({ id: String(id), type: 'subscribe', payload: { query: NEWS } });
    await eventually(() => expect(texts).toHaveLength(1));
    expect(JSON.parse(texts[0]!)).toMatchObject({
      id: '51',
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    await listening(50);
    socket.terminate();
    await listening(0);
  });

  it('is closed with 1001 or 1012 when the server stops, and its subscriptions end', async () => {
    const clients = await Promise.all([open(), open()]);
    clients.forEach(({ send }) => send({ id: '1', type: 'subscribe', payload: { query: NEWS } }));
    await listening(2);
    const codes = Promise.all(clients.map(async ({ socket }) => ((await once(socket, 'close')) as [number])[0]));
    await sockets.close();
    expect((await codes).sort()).toEqual([1001, 1012]);
    await listening(0);
  });
});
