import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { startAttackedChannel } from './fixture/channels.ts';
import { codesOf, expectNothingLeaks, expectRefused } from './fixture/expect-refusal.ts';
import { send } from './fixture/http.ts';
import { createFederation } from '../../router/src/execution/fixture/federation.ts';
import { accessOf, startOwnRouter, type OwnRouter } from './fixture/own-supergraph.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

/** Names that every object of JavaScript has without anybody having set them. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'toJSON',
  '__defineGetter__',
];

const BEFORE = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(BEFORE);
  expect(Object.getOwnPropertyNames(Array.prototype)).not.toContain('polluted');
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

const item = { __typename: 'Item', id: '1' };
const FEDERATION = createFederation({
  items: {
    typeDefs: `
      type Query { item(id: ID, constructor: String, toString: Boolean, filter: Filter): Item list: [Item!]! }
      input Filter { constructor: String! inner: Filter }
      type Item @key(fields: "id") { id: ID! given: String constructor: String toString: String }`,
    resolvers: {
      Query: { item: (_: unknown, args: object) => ({ ...item, given: JSON.stringify(args) }), list: () => [item] },
      Item: { constructor: () => 'c', toString: () => 't' },
    },
  },
  more: {
    typeDefs: 'type Item @key(fields: "id") { id: ID! hasOwnProperty: String other: String }',
    resolvers: { Item: { __resolveReference: (item: object) => item, hasOwnProperty: () => 'h', other: () => 'o' } },
  },
});
const GUEST: Caller = { role: 'guest', subject: 'guest', channel: 'web', scopes: [] };

describe('a router whose subgraphs have fields of such names', () => {
  let router: OwnRouter;
  beforeAll(async () => {
    router = await startOwnRouter({
      supergraphSdl: FEDERATION.supergraphSdl,
      access: accessOf({ '': GUEST }, () => true),
      share: 'requests',
      subgraphs: FEDERATION.clients,
    });
  });
  afterAll(() => router.service.stop());

  test.each(NAMES.filter((name) => !name.startsWith('__')))(
    'answers %s as an alias at the root, of an object and of a list',
    async (name) => {
      const query = `{ ${name}: item { ${name}: given } b: item { ${name}: id other } list { id ${name}: toString } }`;
      const { status, text } = await send(router.url, { query });
      expect({ status, body: JSON.parse(text) as unknown }).toEqual({
        status: 200,
        body: { data: { [name]: { [name]: '{}' }, b: { [name]: '1', other: 'o' }, list: [{ id: '1', [name]: 't' }] } },
      });
    },
  );

  test.each(['__proto__', '__defineGetter__', '__lookupSetter__'])(
    'answers or refuses %s as an alias, and sets no prototype',
    async (name) => {
      for (const query of [`{ ${name}: item { given } }`, `{ item { ${name}: given other } }`]) {
        const { text } = await send(router.url, { query });
        expectNothingLeaks(text);
        const { data, errors } = JSON.parse(text) as { data?: object; errors?: unknown };
        if (data) expect(JSON.stringify(data)).toContain(`"${name}":`);
        expect(errors === undefined ? [] : codesOf(errors)).toEqual(data ? [] : ['GRAPHQL_VALIDATION_FAILED']);
      }
    },
  );

  test('answers fields of such names', async () => {
    const { text } = await send(router.url, { query: '{ item { constructor toString hasOwnProperty } }' });
    expect(JSON.parse(text)).toEqual({ data: { item: { constructor: 'c', toString: 't', hasOwnProperty: 'h' } } });
  });

  test.each(NAMES)('takes no value for the variable %s that nobody sent', async (name) => {
    const query = `query ($${name}: String) { item(constructor: $${name}) { given } }`;
    const { text } = await send(router.url, { query });
    expect(JSON.parse(text)).toEqual({ data: { item: { given: '{}' } } });
    // The one key that a body may not have at all.
    if (name === '__proto__') return;
    const { text: sent } = await send(router.url, { query, variables: { [name]: 'sent' } });
    expect(JSON.parse(sent)).toEqual({ data: { item: { given: '{"constructor":"sent"}' } } });
  });

  test.each(NAMES)('does not decide @include by the variable %s that nobody sent', async (name) => {
    const query = `query ($${name}: Boolean = false) { item { id given @include(if: $${name}) } }`;
    const { text } = await send(router.url, { query });
    expect(JSON.parse(text)).toEqual({ data: { item: { id: '1' } } });
  });

  test('takes input fields and arguments of such names', async () => {
    const query = 'query ($f: Filter) { item(constructor: "a", toString: true, filter: $f) { given } }';
    const filter = { constructor: 'x', inner: { constructor: 'y' } };
    const { text } = await send(router.url, { query, variables: { f: filter } });
    const { data } = JSON.parse(text) as { data: { item: { given: string } } };
    expect(JSON.parse(data.item.given)).toEqual({ constructor: 'a', toString: true, filter });
  });

  test.each(NAMES)('finds no operation named %s that there is not, and the one that there is', async (name) => {
    expectRefused(
      await send(router.url, { query: 'query A { item { id } } query B { item { id } }', operationName: name }),
      'OPERATION_RESOLUTION_FAILURE',
    );
    const { text } = await send(router.url, {
      query: `query A { item { id } } query ${name} { item { given } }`,
      operationName: name,
    });
    if (name.startsWith('__')) expectNothingLeaks(text);
    else expect(JSON.parse(text)).toEqual({ data: { item: { given: '{}' } } });
  });

  test.each(NAMES)('finds no fragment, directive or type named %s', async (name) => {
    for (const query of [
      `{ ...${name} }`,
      `{ item { id @${name} } }`,
      `{ ... on ${name} { id } }`,
      `query ($a: ${name}) { item(constructor: $a) { id } }`,
      `{ ${name} }`,
      `{ item(${name}x: 1) { id } }`,
    ])
      expectRefused(await send(router.url, { query }), 'GRAPHQL_VALIDATION_FAILED');
    const { text } = await send(router.url, { query: `{ __type(name: "${name}") { name } }` });
    expect(JSON.parse(text)).toEqual({ data: { __type: null } });
  });
});

describe('a request with keys of the prototype', () => {
  let router: ProjectRouter;
  let channel: Channel;
  beforeAll(async () => {
    router = await startProjectRouter(() => ({ channel: { __typename: 'Channel', code: 'web' } }));
    channel = await startAttackedChannel('web');
  });
  afterAll(async () => {
    await router.stop();
    await channel.stop();
  });
  const POLLUTION = '{"polluted":true}';

  test('is refused over HTTP where JSON.parse would make a key of it', async () => {
    const bodies = [
      `{"query":"{ __typename }","__proto__":${POLLUTION}}`,
      `{"__proto__":{"query":"{ __typename }"}}`,
      `{"query":"{ __typename }","variables":{"__proto__":${POLLUTION}}}`,
      `{"query":"{ __typename }","variables":{"a":[{"__proto__":${POLLUTION}}]}}`,
      `{"query":"{ __typename }","variables":{"\\u005f_proto__":${POLLUTION}}}`,
      `{"query":"{ __typename }","constructor":{"prototype":${POLLUTION}}}`,
      `{"query":"{ __typename }","extensions":{"__proto__":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}}`,
    ];
    for (const body of bodies)
      for (const url of [router.url, channel.url]) {
        const { status, text } = await send(url, body, url === router.url ? KEYS.partner : undefined);
        expect(status).toBe(400);
        expect(codesOf((JSON.parse(text) as { errors: unknown }).errors)).toEqual(['BAD_REQUEST']);
      }
    expect(router.asked).toEqual([]);
  });

  test('sets nothing over a query string', async () => {
    for (const search of [
      `query=${encodeURIComponent('{ __typename }')}&variables=${encodeURIComponent(`{"__proto__":${POLLUTION}}`)}`,
      `query=${encodeURIComponent('{ __typename }')}&__proto__[polluted]=1&constructor.prototype.polluted=1`,
      `query=${encodeURIComponent('{ __typename }')}&extensions=${encodeURIComponent(`{"__proto__":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}`)}`,
    ]) {
      const response = await fetch(`${router.url}?${search}`, {
        headers: { authorization: `Bearer ${KEYS.partner}`, 'apollo-require-preflight': '1' },
      });
      expectNothingLeaks(await response.text());
      expect([200, 400]).toContain(response.status);
    }
  });

  test('sets nothing over a socket, and the socket lives on', async () => {
    for (const [url, key] of [
      [router.url, KEYS.partner],
      [channel.url, undefined],
    ] as const) {
      const socket = await openRawSocket(url, key);
      const operations = [
        `{"query":"{ __typename }","variables":{"__proto__":${POLLUTION},"constructor":{"prototype":${POLLUTION}}}}`,
        `{"query":"query ($a: Int, $toString: Int) { __typename }","variables":{"__proto__":{"a":1}}}`,
        `{"query":"{ __typename }","__proto__":${POLLUTION},"extensions":{"__proto__":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}}`,
        '{"query":"{ __typename }","operationName":"__proto__"}',
        '{"query":"{ __proto__: __typename constructor: __typename }"}',
      ];
      for (const [index, payload] of operations.entries()) {
        socket.send(`{"type":"subscribe","id":"${index}","payload":${payload}}`);
        const answer = await socket.next(String(index));
        expectNothingLeaks(JSON.stringify(answer));
      }
      for (const name of NAMES) {
        socket.send({ type: 'complete', id: name });
        expect((await socket.run(name, { query: '{ __typename }' }))[0]).toMatchObject({
          payload: { data: { __typename: 'Query' } },
        });
      }
      expect(socket.isOpen).toBe(true);
      await socket.close();
    }
  });

  test('is nobody by a credential or a header of such a name', async () => {
    for (const name of NAMES) {
      expectRefused(await send(router.url, { query: '{ __typename }' }, name), 'UNAUTHENTICATED');
      const { text } = await send(router.url, { query: '{ channel { code } }' }, KEYS.partner, {
        [name]: 'x',
        'x-kontor-version': '',
      });
      expect(JSON.parse(text)).toMatchObject({ data: { channel: { code: 'web' } } });
    }
  });

  test('is no persisted query', async () => {
    for (const name of NAMES) {
      const extensions = { persistedQuery: { version: 1, sha256Hash: name } };
      const { status, text } = await send(router.url, { extensions }, KEYS.partner);
      expect(status).toBe(200);
      expect(codesOf((JSON.parse(text) as { errors: unknown }).errors)).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
      expectRefused(await send(router.url, { documentId: name }, KEYS.partner), 'OPERATION_NOT_REGISTERED');
    }
  });
});
