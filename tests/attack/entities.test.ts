import { callAs } from '@kontor/testkit/src/callers.ts';
import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { CHANNEL_KEYS, CHANNELS, startAttackedChannel } from './fixture/channels.ts';
import { codesOf, expectRefused } from './fixture/expect-refusal.ts';
import { send } from './fixture/http.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

const KEY = '{ __typename: "Customer", id: "1" }';

/** Ways to the fields that federation adds to a subgraph. */
const DOCUMENTS: readonly (readonly [string, object])[] = [
  ['_entities as a field', { query: `{ _entities(representations: [${KEY}]) { ... on Customer { id email } } }` }],
  ['_entities behind an alias', { query: `{ product: _entities(representations: [${KEY}]) { __typename } }` }],
  [
    '_entities with variables',
    {
      query: 'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
      variables: { representations: [{ __typename: 'Customer', id: '1' }] },
    },
  ],
  [
    '_entities in a named fragment',
    { query: `{ ...Sly } fragment Sly on Query { _entities(representations: [${KEY}]) { __typename } }` },
  ],
  [
    '_entities in an inline fragment',
    { query: `{ ... on Query { ... { _entities(representations: []) { __typename } } } }` },
  ],
  [
    '_entities that is skipped',
    { query: `{ __typename _entities(representations: []) @skip(if: true) { __typename } }` },
  ],
  ['a fragment on _Entity', { query: `{ __typename ...Sly } fragment Sly on _Entity { __typename }` }],
  ['_service', { query: '{ _service { sdl } }' }],
  ['_service behind an alias named __typename', { query: '{ __typename: _service { sdl } }' }],
  ['_service in a mutation', { query: 'mutation { _service { sdl } }' }],
  ['_service beside the type of the root', { query: '{ __typename ... on Query { __typename _service { sdl } } }' }],
];

const REPRESENTED = '_Any';
const TYPES = ['_Any', '_Entity', '_Service', 'join__Graph', 'link__Import', 'FieldSet'];
const introspect = TYPES.map((name, index) => `t${index}: __type(name: "${name}") { name }`).join(' ');

describe('the router', () => {
  let router: ProjectRouter;
  let service: string;
  beforeAll(async () => {
    router = await startProjectRouter();
    service = await router.identity.sign(guestOf('web'), 'router');
  });
  afterAll(() => router.stop());
  beforeEach(() => void router.asked.splice(0));

  test.each(DOCUMENTS)('refuses %s, whoever asks, at every path, and asks no subgraph', async (_what, body) => {
    for (const key of [KEYS.partner, KEYS.administrator, service]) {
      expectRefused(await send(router.url, body, key), 'GRAPHQL_VALIDATION_FAILED');
      expectRefused(
        await send(router.url.replace('/graphql', '/partner/graphql'), body, key),
        'GRAPHQL_VALIDATION_FAILED',
      );
    }
    expect(router.asked).toEqual([]);
  });

  test.each(DOCUMENTS)('refuses %s over a query string, over a socket and in memory', async (_what, body) => {
    const { query } = body as { query: string };
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(body))
      search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    const response = await fetch(`${router.url}?${search.toString()}`, {
      headers: { authorization: `Bearer ${KEYS.partner}`, 'apollo-require-preflight': '1' },
    });
    const told = { status: response.status, text: await response.text() };
    // A mutation over GET is refused for being one.
    if (!query.startsWith('mutation')) expectRefused(told, 'GRAPHQL_VALIDATION_FAILED');

    const socket = await openRawSocket(router.url, KEYS.partner);
    const [answer] = await socket.run('1', body);
    const { payload } = answer as { payload: { errors?: unknown } };
    expect(new Set(codesOf(payload.errors ?? payload))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    await socket.close();

    const { errors } = await router.service.graph().execute({ query }, callAs(guestOf('web')));
    expect(new Set(codesOf(errors))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    expect(router.asked).toEqual([]);
  });

  test('has no type of federation for introspection or for variables', async () => {
    const { text } = await send(router.url, { query: `{ ${introspect} }` }, KEYS.partner);
    expect(JSON.parse(text)).toMatchObject({
      data: Object.fromEntries(TYPES.map((_type, index) => [`t${index}`, null])),
    });
    const { text: types } = await send(
      router.url,
      { query: '{ __schema { types { name fields { name } } } }' },
      KEYS.partner,
    );
    expect(types).toContain('"ProductVariant"');
    expect(types).not.toMatch(/"_[^_]|join__|link__|"(?:FieldSet|Policy|Scope)"/);
    const usesType = { query: `query ($any: ${REPRESENTED}) { __typename @include(if: true) }` };
    expectRefused(await send(router.url, usesType, KEYS.partner), 'GRAPHQL_VALIDATION_FAILED');
    expect(router.asked).toEqual([]);
  });
});

describe.each(CHANNELS)('the BFF %s', (name) => {
  let channel: Channel;
  beforeAll(async () => {
    channel = await startAttackedChannel(name);
  });
  afterAll(() => channel.stop());
  afterEach(() => expect(channel.router.calls).toEqual([]));

  test.each(DOCUMENTS)('refuses %s, and asks nobody', async (_what, body) => {
    expectRefused(await send(channel.url, body, CHANNEL_KEYS[name]), 'GRAPHQL_VALIDATION_FAILED');
  });

  test('has no type of federation', async () => {
    const { text } = await send(channel.url, { query: `{ ${introspect} }` }, CHANNEL_KEYS[name]);
    expect(JSON.parse(text)).toEqual({ data: Object.fromEntries(TYPES.map((_type, index) => [`t${index}`, null])) });
  });
});
