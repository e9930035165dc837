import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { asGuest, asService, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Call } from './graph.ts';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';
import { NoAnswerError } from './no-answer.ts';

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

it('sends the headers of the call with the handshake of a subscription, and no token without an identity', async () => {
  const seen: unknown[] = [];
  server.on('connection', (_socket, request) => seen.push(request.headers['accept-language']));
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (message.type === 'connection_init') seen.push(message.payload);
    }),
  );
  answering({ connection_init: [{ type: 'connection_ack' }], subscribe: [event] });
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ urls: [`http://127.0.0.1:${port}`], audience: 'stock' });
  const call: Call = { ...asService(), headers: { 'accept-language': 'de' } };
  const events = client.subscribe({ query: 'subscription { feed }' }, call)[Symbol.asyncIterator]();
  expect((await events.next()).value).toEqual({ data: { feed: 1 } });
  await events.return?.();
  expect(seen).toEqual(['de', {}]);
});

it('starts no subscription for a call that is given up already', async () => {
  const client = createHttpClient({ urls: ['http://127.0.0.1:9'], audience: 'stock' });
  const call: Call = { ...asService(), signal: AbortSignal.abort() };
  const events = client.subscribe({ query: 'subscription { feed }' }, call)[Symbol.asyncIterator]();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

describe('a request over HTTP', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const each of servers.splice(0)) {
      each.close();
      each.closeAllConnections();
    }
  });

  const serve = async (answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) => {
    const http = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => answer(request, response, body));
    });
    servers.push(http);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
  };
  const respond = (response: ServerResponse, body: string, headers: Record<string, string> = {}, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  const refusedUrl = async () => {
    const tcp = createTcpServer().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    tcp.close();
    await once(tcp, 'close');
    return `http://127.0.0.1:${port}/graphql`;
  };
  const ask = (url: string | readonly string[], options: Partial<HttpClientOptions> = {}, call: Call = asGuest()) =>
    createHttpClient({ urls: [url].flat(), audience: 'stock', ...options }).execute({ query: '{ level }' }, call);
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => {
        throw new Error('it was answered');
      },
      (error: unknown) => error,
    );
  const noAnswer = async (promise: Promise<unknown>) => {
    const error = await failure(promise);
    expect(error).toBeInstanceOf(NoAnswerError);
    const { reason, message, extensions } = error as NoAnswerError;
    expect(extensions).toEqual({ code: 'SERVICE_UNAVAILABLE', http: { status: 503 } });
    return { reason, message };
  };

  it('sends document, variables and operation name as JSON, with the token and the request id', async () => {
    const seen: { body: unknown; headers: IncomingMessage['headers'] }[] = [];
    const url = await serve((request, response, body) => {
      seen.push({ body: JSON.parse(body), headers: request.headers });
      respond(response, '{"data":{"level":3}}');
    });
    const { web, stock } = await createTestIdentities(['web', 'stock']);
    const client = createHttpClient({ urls: [url], audience: 'stock', identity: web });
    const query = 'query Level($id: ID!) { level(id: $id, note: "ö\\n\u2028") }';
    const variables = { id: '"1"', list: [null, { ['__proto__']: 1 }] };
    expect(await client.execute({ query, variables, operationName: 'Level' }, asGuest())).toEqual({
      data: { level: 3 },
    });
    await client.execute({ query, queryJson: JSON.stringify(query), variables, operationName: 'Level' }, asGuest());
    expect(seen[0]!.body).toEqual({ query, variables, operationName: 'Level' });
    expect(seen[1]!.body).toEqual(seen[0]!.body);
    expect(seen[0]!.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'test-request' });
    const token = /^Bearer (.+)$/.exec(seen[0]!.headers.authorization!)![1]!;
    expect(await stock.verify(token)).toEqual({ caller: asGuest().caller, issuer: 'web' });
  });

  it('sends the headers of the call, but none that it sets itself', async () => {
    let headers: IncomingMessage['headers'] = {};
    const url = await serve((request, response) => {
      ({ headers } = request);
      respond(response, '{"data":null}');
    });
    const given = {
      'accept-language': 'de',
      Authorization: 'Bearer stolen',
      cookie: 'session=1',
      host: 'elsewhere',
      'content-type': 'text/plain',
      'accept-encoding': 'gzip',
    };
    await ask(url, {}, { ...asGuest(), headers: given });
    expect(Object.keys(headers).sort()).toEqual([
      'accept-language',
      'connection',
      'content-length',
      'content-type',
      'host',
      'x-request-id',
    ]);
    expect(headers).toMatchObject({
      'accept-language': 'de',
      host: new URL(url).host,
      'content-type': 'application/json',
    });
  });

  it('gives errors of the service as a result, whatever the status', async () => {
    const url = await serve((_request, response) =>
      respond(response, '{"errors":[{"message":"no"}]}', { 'content-type': 'application/graphql-response+json' }, 401),
    );
    expect(await ask(url)).toEqual({ errors: [{ message: 'no' }] });
  });

  it('minds no early hints before the answer', async () => {
    const url = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      respond(response, '{"data":{}}');
    });
    expect(await ask(url)).toEqual({ data: {} });
  });

  it('goes round the processes, and passes over those that do not listen', async () => {
    const asked: string[] = [];
    const process = (name: string) =>
      serve((_request, response) => {
        asked.push(name);
        respond(response, '{"data":{}}');
      });
    const urls = [await process('a'), await refusedUrl(), await process('b')];
    const client = createHttpClient({ urls, audience: 'stock' });
    for (let count = 0; count < 4; count += 1) await client.execute({ query: '{ level }' }, asGuest());
    expect(asked).toEqual(['b', 'a', 'b', 'a']);
  });

  it('says that nothing was sent when no process listens', async () => {
    expect(await noAnswer(ask([await refusedUrl(), await refusedUrl()]))).toEqual({
      reason: 'not sent',
      message: 'stock cannot be reached.',
    });
  });

  it('does not ask another process when the connection broke off after the request was sent', async () => {
    let requests = 0;
    const breaking = () =>
      serve((request) => {
        requests += 1;
        request.socket.destroy();
      });
    expect(await noAnswer(ask([await breaking(), await breaking()]))).toEqual({
      reason: 'lost',
      message: 'stock cannot be reached: the connection broke off.',
    });
    expect(requests).toBe(1);
  });

  it('fails when the connection breaks off in the middle of the answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"data":{}}', () => request.socket.resetAndDestroy());
    });
    expect((await noAnswer(ask(url))).reason).toBe('lost');
  });

  it('ends with TIMEOUT and closes the connection when there is no answer in time', async () => {
    let closed: Promise<unknown> | undefined;
    const url = await serve((request) => {
      closed = once(request.socket, 'close');
    });
    expect(await failure(ask(url, { timeoutMs: 1 }))).toMatchObject({
      message: 'stock did not answer within 1 ms.',
      extensions: { code: 'TIMEOUT' },
    });
    await closed;
  });

  it('ends with TIMEOUT when the answer trickles in without an end', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 5);
      request.socket.once('close', () => clearInterval(timer));
    });
    expect(await failure(ask(url, { timeoutMs: 50 }))).toMatchObject({ extensions: { code: 'TIMEOUT' } });
  });

  it('refuses an answer that says that it is too large, and one that becomes too large, while it is read', async () => {
    const announced = await serve((_request, response) => respond(response, `{"data":{"x":"${'x'.repeat(2_000)}"}}`));
    let closed: Promise<unknown> | undefined;
    const endless = await serve((request, response) => {
      closed = once(request.socket, 'close');
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => void response.write('x'.repeat(500), () => setImmediate(more));
      if (!request.socket.destroyed) more();
    });
    const expected = { reason: 'unusable', message: 'stock gave an answer that is too large.' };
    expect(await noAnswer(ask(announced, { maxAnswerBytes: 1_000 }))).toEqual(expected);
    expect(await noAnswer(ask(endless, { maxAnswerBytes: 1_000 }))).toEqual(expected);
    await closed;
  });

  it('reads an answer of many parts, with characters split between them', async () => {
    const text = JSON.stringify({ data: { names: Array.from({ length: 20_000 }, () => 'öü€😀') } });
    const url = await serve((_request, response) => {
      const bytes = Buffer.from(text);
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      for (let at = 0; at < bytes.length; at += 1_001) response.write(bytes.subarray(at, at + 1_001));
      response.end();
    });
    expect(JSON.stringify(await ask(url))).toBe(text);
  });

  it.each([
    ['a page of HTML', '<h1>Oops</h1>', 'text/html', 500, 'unusable'],
    ['a page of a proxy that found nobody', '<h1>Bad gateway</h1>', 'text/html', 502, 'lost'],
    ['JSON of another type', '{"data":{}}', 'text/plain', 200, 'unusable'],
    ['text that is not JSON', 'Oops', 'application/json', 200, 'unusable'],
    ['an empty body', '', 'application/json', 200, 'unusable'],
    ['a list', '[{"data":{}}]', 'application/json', 200, 'unusable'],
    ['null', 'null', 'application/json', 200, 'unusable'],
    ['a map with neither data nor errors', '{"__proto__":{"data":{}}}', 'application/json', 200, 'unusable'],
    ['data that is a list', '{"data":[]}', 'application/json', 200, 'unusable'],
    ['data that is a string', '{"data":"x"}', 'application/json', 200, 'unusable'],
    ['errors that are no list', '{"data":{},"errors":{"length":1}}', 'application/json', 200, 'unusable'],
  ])('refuses %s', async (_title, body, type, status, reason) => {
    const url = await serve((_request, response) => respond(response, body, { 'content-type': type }, status));
    expect(await noAnswer(ask(url))).toEqual({
      reason,
      message: `stock answered with HTTP status ${status}, and not with a GraphQL response in JSON.`,
    });
  });

  it('refuses a compressed answer, which it did not ask for', async () => {
    const url = await serve((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{"data":{}}')),
    );
    expect((await noAnswer(ask(url))).message).toBe('stock sent its answer compressed, which was not asked for.');
  });

  it('rejects with the reason of the signal and closes the connection when the call is given up', async () => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const url = await serve((request) => {
      closed = once(request.socket, 'close');
      controller.abort(new Error('the client has gone'));
    });
    const { signal } = controller;
    expect(await failure(ask(url, {}, { ...asGuest(), signal }))).toBe(signal.reason);
    await closed;
    expect(await failure(ask(url, {}, { ...asGuest(), signal }))).toBe(signal.reason);
  });

  it('leaves no listener behind on the signal of a call', async () => {
    const listeners = new Set<unknown>();
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal) as (type: string, listener: unknown) => void;
    const remove = signal.removeEventListener.bind(signal) as (type: string, listener: unknown) => void;
    signal.addEventListener = (type: string, listener: unknown) => (listeners.add(listener), add(type, listener));
    signal.removeEventListener = (type: string, listener: unknown) => (
      listeners.delete(listener),
      remove(type, listener)
    );
    let most = 0;
    const url = await serve((_request, response) => {
      most = Math.max(most, listeners.size);
      respond(response, '{"data":{}}');
    });
    await Promise.all(Array.from({ length: 20 }, () => ask(url, {}, { ...asGuest(), signal })));
    await failure(ask(await refusedUrl(), {}, { ...asGuest(), signal }));
    expect(most).toBeGreaterThan(0);
    expect(listeners.size).toBe(0);
  });
});
