import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import { createSchemaEndpoint } from '@kontor/kit/src/graph/endpoint.ts';
import { PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { buildChannelGraph } from '@kontor/kit/src/graph/sdl.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createMetrics } from '@kontor/kit/src/metrics.ts';
import { createService, type Service } from '@kontor/kit/src/service.ts';
import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { CHANNEL_KEYS, CHANNELS, startAttackedChannel } from './fixture/channels.ts';
import { codesOf, expectNothingLeaks, expectRefused } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

const SECRET_SDL = `
  enum Colour { CRIMSON EMERALD }
  input SecretInput { password: String! colour: Colour hiddenField: Int }
  interface Node { id: ID! }
  type Secret implements Node { id: ID! confidential(hiddenArgument: Int): String }
  type Query { secret(id: ID, input: SecretInput): Secret node: Node broken: String }
  type Mutation { secretSet(input: SecretInput!): Secret }
  type Subscription { secretChanged(hiddenArgument: Int): Secret }`;

/** An endpoint whose schema is nobody's business. */
async function startClosed(): Promise<{ readonly url: string; readonly service: Service }> {
  const metrics = createMetrics('closed');
  const fail = () => {
    throw new Error(`select * from secrets at ${import.meta.filename}:1:1`);
  };
  const endpoint = createSchemaEndpoint({
    name: 'closed',
    logger: silentLogger,
    metrics,
    limits: PUBLIC_LIMITS,
    introspection: false,
    schema: buildChannelGraph(SECRET_SDL as never, {
      Query: { secret: () => ({ id: '1' }), broken: fail },
      Node: { __resolveType: () => 'Secret' },
      Subscription: { secretChanged: { subscribe: fail } },
    }),
    context: (call): BaseContext => call,
  });
  const service = createService({
    name: 'closed',
    logger: silentLogger,
    metrics,
    mounts: [{ path: '/graphql', endpoint, authenticate: () => Promise.resolve(guestOf('web')) }],
  });
  const port = await service.listen(0, '127.0.0.1');
  return { url: `http://127.0.0.1:${port}/graphql`, service };
}

/** Documents that are wrong by a letter, for which graphql-js would name what is meant. */
const NEARLY: readonly (readonly [string, object])[] = [
  ['a field', { query: '{ secre }' }],
  ['a field of an object', { query: '{ secret { confidentia } }' }],
  ['a field of another type', { query: '{ node { confidential } }' }],
  ['a selection that is missing', { query: '{ secret }' }],
  ['an argument', { query: '{ secret { confidential(hiddenArgumen: 1) } }' }],
  ['a type of a fragment', { query: '{ ... on Secre { id } }' }],
  ['a type of a variable', { query: 'query ($x: SecretInpu) { secret(input: $x) { id } }' }],
  ['an input field', { query: '{ secret(input: { password: "", hiddenFiel: 1 }) { id } }' }],
  ['a value of an enum', { query: '{ secret(input: { password: "", colour: CRIMSO }) { id } }' }],
  ['a text for an enum', { query: '{ secret(input: { password: "", colour: "CRIMSON" }) { id } }' }],
  ['a directive', { query: '{ secret { id @ski(if: true) } }' }],
  [
    'an input field of a variable',
    {
      query: 'query ($x: SecretInput) { secret(input: $x) { id } }',
      variables: { x: { password: '', hiddenFiel: 1 } },
    },
  ],
  [
    'a value of an enum of a variable',
    {
      query: 'query ($x: SecretInput) { secret(input: $x) { id } }',
      variables: { x: { password: '', colour: 'CRIMSO' } },
    },
  ],
];
const SUGGESTED = /did you mean|hiddenField|CRIMSON"?,? or|"hiddenArgument"|EMERALD|Maybe/i;
const INTROSPECTIONS: readonly (readonly [string, object])[] = [
  ['the whole schema', { query: getIntrospectionQuery() }],
  ['a type', { query: '{ __type(name: "Secret") { name fields { name } } }' }],
  ['the schema behind an alias', { query: '{ __typename: __schema { queryType { name } } }' }],
  ['the schema in a fragment', { query: '{ ...F } fragment F on Query { ... { __schema { types { name } } } }' }],
  ['the schema in a mutation', { query: 'mutation { __schema { types { name } } }' }],
  ['the schema beside a field', { query: '{ secret { id } __schema { types { name } } }' }],
  ['the schema that is skipped', { query: '{ __typename __schema @skip(if: true) { types { name } } }' }],
  ['the schema behind a byte order mark', { query: '\uFEFF{ __schema { types { name } } }' }],
  ['the schema behind a comment', { query: '# __typename\n{\n,,,__schema\n#\n{ types { name } } }' }],
];

describe('an endpoint that is closed for introspection', () => {
  let closed: Awaited<ReturnType<typeof startClosed>>;
  beforeAll(async () => {
    closed = await startClosed();
  });
  afterAll(() => closed.service.stop());
  const overSocket = async (body: object) => {
    const socket = await openRawSocket(closed.url);
    const [answer] = await socket.run('1', body);
    await socket.close();
    return (answer!.payload as { errors?: unknown }).errors ?? answer!.payload;
  };

  test.each(INTROSPECTIONS)('refuses %s, over HTTP, a query string and a socket', async (_what, body) => {
    expectRefused(await send(closed.url, body), 'GRAPHQL_VALIDATION_FAILED');
    expectRefused(
      await send(closed.url, body, undefined, { accept: 'application/json;q=0.9' }),
      'GRAPHQL_VALIDATION_FAILED',
    );
    expect(new Set(codesOf(await overSocket(body)))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
  });

  test('still tells types by __typename', async () => {
    expect(await ask(closed.url, { query: '{ __typename secret { __typename id } }' })).toEqual({
      data: { __typename: 'Query', secret: { __typename: 'Secret', id: '1' } },
    });
  });

  test.each(NEARLY)(
    'suggests nothing for %s that is nearly right, over HTTP in both ways, and a socket',
    async (_what, body) => {
      const usual = await send(closed.url, body);
      const unusual = await send(closed.url, body, undefined, { accept: 'application/json;q=0.9' });
      const told = JSON.stringify(await overSocket(body));
      for (const text of [usual.text, unusual.text, told]) {
        expect(text).not.toMatch(SUGGESTED);
        expectNothingLeaks(text);
      }
      for (const { text } of [usual, unusual]) expect(JSON.parse(text)).not.toHaveProperty('data');
    },
  );

  test('tells nothing of a fault but its code, over HTTP, a query string and a socket', async () => {
    const body = { query: '{ broken }' };
    const { text } = await send(closed.url, body);
    expect(codesOf((JSON.parse(text) as { errors: unknown }).errors)).toEqual(['INTERNAL']);
    const { text: unusual } = await send(closed.url, body, undefined, { accept: 'application/json;q=0.9' });
    expect(codesOf((JSON.parse(unusual) as { errors: unknown }).errors)).toEqual(['INTERNAL']);
    expect(codesOf(await overSocket(body))).toEqual(['INTERNAL']);
    expect(codesOf(await overSocket({ query: 'subscription { secretChanged { id } }' }))).toEqual(['INTERNAL']);
  });
});

describe('the router, where partners explore', () => {
  let router: ProjectRouter;
  beforeAll(async () => {
    router = await startProjectRouter(() => {
      throw new Error(`connect ECONNREFUSED 127.0.0.1:5432 select * from secrets\n    at file:///srv/app.ts:1:1`);
    });
  });
  afterAll(() => router.stop());

  test('tells its schema and suggests, to those who have a key alone', async () => {
    const { data } = await ask(router.url, { query: getIntrospectionQuery() }, KEYS.partner);
    expect(data).toMatchObject({ __schema: { queryType: { name: 'Query' } } });
    expect((await send(router.url, { query: '{ chanel { code } }' }, KEYS.partner)).text).toContain(
      'Did you mean \\"channel\\"',
    );
    for (const query of [getIntrospectionQuery(), '{ chanel { code } }'])
      expectRefused(await send(router.url, { query }), 'UNAUTHENTICATED');
    expect(router.asked).toEqual([]);
  });

  test('tells nothing of what broke in a subgraph, over HTTP in both ways and a socket', async () => {
    const body = { query: '{ product(id: "1") { title } }' };
    for (const headers of [{}, { accept: 'application/json;q=0.9' }]) {
      const { errors, data } = await ask(router.url, body, KEYS.partner, headers);
      expect({ data, codes: codesOf(errors) }).toEqual({ data: { product: null }, codes: ['INTERNAL'] });
    }
    const socket = await openRawSocket(router.url, KEYS.partner);
    const [answer] = await socket.run('1', body);
    expect(codesOf((answer!.payload as { errors: unknown }).errors)).toEqual(['INTERNAL']);
    await socket.close();
  });
});

describe.each(CHANNELS)('the BFF %s', (name) => {
  let channel: Channel;
  beforeAll(async () => {
    channel = await startAttackedChannel(name, {
      product: () => {
        throw new Error(`select * from secrets\n    at file:///srv/app.ts:1:1`);
      },
    });
  });
  afterAll(() => channel.stop());

  test('tells its own schema alone', async () => {
    const { text } = await send(
      channel.url,
      { query: '{ __schema { types { name fields { name } } } }' },
      CHANNEL_KEYS[name],
    );
    expect(text).not.toMatch(/"_[^_]|join__|StockLedger|stockReceive|priceListSet|customerByEmail/);
  });

  test('answers every kind of broken request without a word of the inside', async () => {
    const key = CHANNEL_KEYS[name];
    for (const body of [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '1',
      '{}',
      '{"query":1}',
      '{"query":"{"}',
      '{"query":"\\u0000"}',
      '{"query":"{ __typename }","variables":[]}',
      '{"query":"{ __typename }","operationName":{}}',
      '{"query":"{ __typename }","extensions":1}',
    ]) {
      const answer = JSON.parse((await send(channel.url, body, key)).text) as { readonly errors: unknown };
      expect(answer).not.toHaveProperty('data');
      expect(codesOf(answer.errors)).not.toContain('INTERNAL');
    }
    for (const path of [
      '/',
      '/graphql/..',
      '/errors/__proto__',
      '/errors/constructor',
      '/ide/../../package.json',
      '/ide/%2e%2e%2fpackage.json',
      '/%00',
      '/%zz',
    ]) {
      const response = await fetch(new URL(channel.url).origin + path);
      expect([400, 404]).toContain(response.status);
      expectNothingLeaks(await response.text());
    }
  });
});
