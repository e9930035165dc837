import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { asService, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createHttpClient } from './http-client.ts';

let server: WebSocketServer;
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** A graphql-transport-ws server that answers what `answers` says and nothing else. */
const answering = (answers: Readonly<Record<string, readonly object[]>>) =>
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const { id, type } = JSON.parse(data.toString()) as { id?: string; type: string };
      for (const answer of answers[type] ?? []) socket.send(JSON.stringify({ id, ...answer }));
    }),
  );
const subscribe = async (keepAliveMs: number) => {
  const { test: identity } = await createTestIdentities(['test']);
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ urls: [`http://127.0.0.1:${port}`], audience: 'stock', identity, keepAliveMs });
  return client.subscribe({ query: 'subscription { feed }' }, asService())[Symbol.asyncIterator]();
};
const event = { type: 'next', payload: { data: { feed: 1 } } };

it('gives a subscription up when the other side does not answer pings any more', async () => {
  answering({ connection_init: [{ type: 'connection_ack' }], subscribe: [event] });
  const events = await subscribe(20);
  expect((await events.next()).value).toEqual({ data: { feed: 1 } });
  await expect(events.next()).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
});

it('keeps a quiet subscription while pings are answered', async () => {
  let pings = 0;
  let id = '';
  answering({ connection_init: [{ type: 'connection_ack' }], subscribe: [event], ping: [{ type: 'pong' }] });
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { id?: string; type: string };
      id ||= message.id ?? '';
      if (message.type === 'ping' && ++pings === 2) socket.send(JSON.stringify({ id, ...event }));
    }),
  );
  const events = await subscribe(300);
  await events.next();
  expect((await events.next()).value).toEqual({ data: { feed: 1 } });
  expect(pings).toBe(2);
  await events.return?.();
});
