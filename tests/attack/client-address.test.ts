import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { createSchemaEndpoint } from '@kontor/kit/src/graph/endpoint.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { INTERNAL_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createMetrics } from '@kontor/kit/src/metrics.ts';
import { createService, type Service } from '@kontor/kit/src/service.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createFakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from './fixture/http.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { openRawSocket } from './fixture/raw-socket.ts';
import { startTokenChannel } from './fixture/token-edges.ts';

/** What a client says of where it is. */
const LIES = {
  'x-kontor-client-address': '203.0.113.9',
  'x-forwarded-for': '203.0.113.9',
  'x-real-ip': '203.0.113.9',
  forwarded: 'for=203.0.113.9',
};
const HERE = '127.0.0.1';

describe('the router', () => {
  let router: ProjectRouter;
  beforeAll(async () => {
    router = await startProjectRouter(() => ({ channel: null }));
  });
  afterAll(() => router.stop());
  beforeEach(() => void router.asked.splice(0));
  const CHANNELS = { query: '{ channels { code } }' };
  const addresses = () => router.asked.map(({ call }) => call.clientAddress);

  test('tells subgraphs the address of the connection of a partner, whatever the partner says', async () => {
    await ask(router.url, CHANNELS, KEYS.administrator, LIES);
    expect(addresses()).toEqual([HERE]);
  });

  test('passes on what one of our services says, which is behind the same path', async () => {
    const token = await router.identity.sign(guestOf('web'), 'router');
    await ask(router.url, CHANNELS, token, LIES);
    await ask(router.url, CHANNELS, token, { 'x-kontor-client-address': '<script>' });
    await ask(router.url, CHANNELS, token);
    expect(addresses()).toEqual(['203.0.113.9', undefined, undefined]);
  });

  test('believes a partner no more over a socket, in headers or in the payload', async () => {
    const socket = await openRawSocket(router.url, undefined, { init: false, headers: LIES });
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${KEYS.administrator}`, ...LIES } });
    await socket.next('connection_ack');
    await socket.run('1', CHANNELS);
    expect(addresses()).toEqual([HERE]);
    await socket.close();
  });

  test('asks once for callers at different addresses', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const waiting = await startProjectRouter(async () => {
      await held;
      return {};
    });
    const token = await waiting.identity.sign(guestOf('web'), 'router');
    const answers = ['203.0.113.1', '203.0.113.2'].map((address) =>
      ask(waiting.url, CHANNELS, token, { 'x-kontor-client-address': address }),
    );
    await expect.poll(() => waiting.asked.length).toBe(1);
    await ask(waiting.url, { query: '{ __typename }' }, token);
    release();
    await Promise.all(answers);
    expect(waiting.asked).toHaveLength(1);
    await waiting.stop();
  });
});

describe('a BFF', () => {
  const PAGE = { query: '{ productPage(handle: "parka") { title } }' };

  test('tells the router the address of the connection, whatever the client says', async () => {
    const web = await startTokenChannel('web', createFakeCustomers());
    await ask(web.url, PAGE, undefined, LIES);
    expect(web.router.calls.map(({ call }) => call.clientAddress)).toEqual([HERE]);
    await web.stop();
  });

  test('believes the proxies that it was told of, and what stands before them no more', async () => {
    const web = await startTokenChannel('web', createFakeCustomers(), {
      trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'],
    });
    for (const forwarded of ['198.51.100.7', '203.0.113.9, 198.51.100.7, 10.1.1.1', '10.0.0.9, nonsense, 198.51.100.7'])
      await ask(web.url, PAGE, undefined, { 'x-kontor-client-address': '203.0.113.9', 'x-forwarded-for': forwarded });
    expect(web.router.calls.map(({ call }) => call.clientAddress)).toEqual(Array(3).fill('198.51.100.7'));
    await web.stop();
  });
});

describe('between services', () => {
  let service: Service;
  const identities = createTestIdentities(['asker', 'asked']);
  let url: string;
  beforeAll(async () => {
    const { asked } = await identities;
    const schema = buildSchema('type Query { address: String } type Subscription { address: String }');
    const read = (_: unknown, _args: unknown, { clientAddress }: BaseContext) => clientAddress ?? null;
    schema.getQueryType()!.getFields()['address']!.resolve = read as never;
    Object.assign(schema.getSubscriptionType()!.getFields()['address']!, {
      resolve: read,
      async *subscribe() {
        yield {};
      },
    });
    const metrics = createMetrics('asked');
    service = createService({
      name: 'asked',
      logger: silentLogger,
      metrics,
      mounts: [
        {
          path: '/graphql',
          internal: true,
          endpoint: createSchemaEndpoint({
            name: 'asked',
            schema,
            logger: silentLogger,
            metrics,
            limits: INTERNAL_LIMITS,
            introspection: true,
            // As subgraphs make their contexts: not all that a call holds is in it.
            context: ({ caller, requestId }) => ({ caller, requestId }),
          }),
          authenticate: async ({ authorization }) => (await asked.verify(authorization!.slice(7))).caller,
        },
      ],
    });
    url = `http://127.0.0.1:${await service.listen(0, '127.0.0.1')}/graphql`;
  });
  afterAll(() => service.stop());

  test('the address travels with the call, over HTTP and over sockets, and only there', async () => {
    const { asker } = await identities;
    const client = createHttpClient({ urls: [url], audience: 'asked', identity: asker });
    const query = '{ address }';
    for (const clientAddress of ['203.0.113.9', '2001:db8::1', undefined]) {
      const call = { ...asGuest(), clientAddress, headers: { 'x-kontor-client-address': '192.0.2.66' } };
      expect(await client.execute({ query }, call)).toEqual({ data: { address: clientAddress ?? null } });
      const { headers: _none, ...told } = call;
      for await (const event of client.subscribe({ query: 'subscription { address }' }, told))
        expect(event).toEqual({ data: { address: clientAddress ?? null } });
    }
  });
});
