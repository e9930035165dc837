import { createServer } from 'node:http';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseTraffic } from '../../router/src/traffic/traffic-config.ts';
import { codesOf, expectNothingLeaks } from './fixture/expect-refusal.ts';
import { send } from './fixture/http.ts';
import {
  sends,
  sendsForEver,
  startHostileSubgraph,
  trickles,
  type Behaviour,
  type HostileSubgraph,
} from './fixture/hostile-subgraph.ts';
import { composeOwn, startOwnRouter, type OwnRouter } from './fixture/own-supergraph.ts';

const SUPERGRAPH = composeOwn({
  hostile: `
    type Query { item: Item items: [Item!] any: Any }
    union Any = Item | Other
    type Other { id: ID }
    type Item @key(fields: "id") { id: ID! name: String count: Int size: Float open: Boolean kind: Kind inner: Item list: [[Int]] }
    enum Kind { SMALL LARGE }`,
  friendly: `
    type Query { friendly: String }
    type Item @key(fields: "id") { id: ID! friend: String }`,
  entities: `type Item @key(fields: "id") { id: ID! more: String }`,
});

const BEFORE = Object.getOwnPropertyNames(Object.prototype).sort();
const TIMEOUT_MS = 500;
/** Neither a retry nor a breaker helps. */
const ASKED_ONCE = parseTraffic(
  {
    '*': {
      retry: { most: 0 },
      breaker: { consecutiveFailures: 1_000, errorRate: 1, minimumRequests: 1_000_000 },
      rollback: false,
    },
  },
  ['hostile', 'friendly', 'entities'],
);
const ITEM = { __typename: 'Item', id: '1' };

let hostile: HostileSubgraph;
let entities: HostileSubgraph;
let router: OwnRouter;
beforeAll(async () => {
  hostile = await startHostileSubgraph('hostile', TIMEOUT_MS);
  entities = await startHostileSubgraph('entities', TIMEOUT_MS);
  router = await startOwnRouter({
    supergraphSdl: SUPERGRAPH,
    share: 'nothing',
    traffic: ASKED_ONCE,
    subgraphs: {
      hostile: hostile.client,
      entities: entities.client,
      friendly: ({ variables }) => ({
        friendly: 'yes',
        _entities: ((variables?.['representations'] ?? []) as unknown[]).map(() => ({
          __typename: 'Item',
          friend: 'f',
        })),
      }),
    },
  });
});
afterAll(async () => {
  await router.service.stop();
  await hostile.stop();
  await entities.stop();
});
beforeEach(() => {
  hostile.behave = sends(JSON.stringify({ data: { item: ITEM, items: [ITEM, { ...ITEM, id: '2' }] } }));
});
afterEach(async () => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(BEFORE);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  // The process lives, and answers who asks something else.
  expect(JSON.parse((await send(router.url, { query: '{ friendly }' })).text)).toEqual({ data: { friendly: 'yes' } });
});

interface Told {
  readonly data?: Record<string, unknown> | null;
  readonly codes: readonly string[];
}

async function tell(query: string): Promise<Told> {
  const [{ status, text }, other] = await Promise.all([
    send(router.url, { query }),
    send(router.url, { query: '{ friendly }' }),
  ]);
  // Others are answered meanwhile.
  expect(JSON.parse(other.text)).toEqual({ data: { friendly: 'yes' } });
  expectNothingLeaks(text);
  expect(status).toBe(200);
  expect(text.length).toBeLessThan(300_000);
  const { data, errors } = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: unknown };
  return { ...(data === undefined ? {} : { data }), codes: errors === undefined ? [] : [...new Set(codesOf(errors))] };
}

const answersWith = (data: unknown): Behaviour => sends(JSON.stringify({ data }));
const nested = (levels: number, open: string, close: string) => `${open.repeat(levels)}${close.repeat(levels)}`;

/** Answers that are none. */
const NO_ANSWER: readonly (readonly [string, () => Behaviour, code: string])[] = [
  ['a page in HTML', () => sends('<html>it works</html>', 200, { 'content-type': 'text/html' }), 'SERVICE_UNAVAILABLE'],
  ['a page in HTML that says it is JSON', () => sends('<html></html>'), 'SERVICE_UNAVAILABLE'],
  ['JSON without a type', () => sends('{"data":{"item":null}}', 200, {}), 'SERVICE_UNAVAILABLE'],
  ['nothing', () => sends(''), 'SERVICE_UNAVAILABLE'],
  ['half of JSON', () => sends('{"data":{"item":{"na'), 'SERVICE_UNAVAILABLE'],
  ['JSON and more', () => sends('{"data":{"item":null}}{"data":{}}'), 'SERVICE_UNAVAILABLE'],
  ['null', () => sends('null'), 'SERVICE_UNAVAILABLE'],
  ['a list', () => sends('[{"data":{"item":null}}]'), 'SERVICE_UNAVAILABLE'],
  ['a text', () => sends('"data"'), 'SERVICE_UNAVAILABLE'],
  ['an object with neither data nor errors', () => sends('{"extensions":{}}'), 'SERVICE_UNAVAILABLE'],
  ['data as a text', () => sends('{"data":"item"}'), 'SERVICE_UNAVAILABLE'],
  ['data as a list', () => sends('{"data":[{"item":{}}]}'), 'SERVICE_UNAVAILABLE'],
  ['data as a number', () => sends('{"data":1}'), 'SERVICE_UNAVAILABLE'],
  ['errors as an object', () => sends('{"data":{"item":null},"errors":{"message":"x"}}'), 'SERVICE_UNAVAILABLE'],
  ['errors as a text', () => sends('{"data":{"item":null},"errors":"x"}'), 'SERVICE_UNAVAILABLE'],
  ['100,000 levels of lists', () => sends(nested(100_000, '[', ']')), 'SERVICE_UNAVAILABLE'],
  ['a redirect to itself', () => sends('', 302, { location: '/graphql' }), 'SERVICE_UNAVAILABLE'],
  ['a status 500 without a body', () => sends('', 500), 'SERVICE_UNAVAILABLE'],
  [
    'a status 500 with a stack',
    () => sends('Error: x\n    at file:///srv/app.ts:1:1', 500, { 'content-type': 'text/plain' }),
    'SERVICE_UNAVAILABLE',
  ],
  ['a status 204', () => sends('', 204), 'SERVICE_UNAVAILABLE'],
  [
    'a compressed answer',
    () => sends('x', 200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
    'SERVICE_UNAVAILABLE',
  ],
  [
    'a length of 100 GB',
    () => (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '107374182400' });
      response.write('{"data":');
    },
    'SERVICE_UNAVAILABLE',
  ],
  ['a connection that breaks off', () => (response) => void response.socket?.destroy(), 'SERVICE_UNAVAILABLE'],
  [
    'a connection that breaks off in the middle',
    () => (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"data":{"item":', () => response.socket?.destroy());
    },
    'SERVICE_UNAVAILABLE',
  ],
  [
    'bytes that are no HTTP',
    () => (response) => void response.socket?.end('SSH-2.0-hostile\r\n'),
    'SERVICE_UNAVAILABLE',
  ],
  [
    'headers of 1 MB',
    () => (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1024 * 1024)}\r\n\r\n`),
    'SERVICE_UNAVAILABLE',
  ],
  ['JSON without an end', () => sendsForEver(() => hostile), 'SERVICE_UNAVAILABLE'],
  ['a space now and then, for ever', () => trickles, 'TIMEOUT'],
  ['nothing, for ever', () => () => undefined, 'TIMEOUT'],
];

describe('a subgraph that answers', () => {
  test.each(NO_ANSWER)('%s costs its own fields, with a clear error', async (_what, behaviour, code) => {
    hostile.behave = behaviour();
    expect(await tell('{ item { name } friendly }')).toEqual({ data: { item: null, friendly: 'yes' }, codes: [code] });
    // No more than the router is ready to read was taken, and the connection is not kept.
    expect(hostile.written).toBeLessThan(100 * 1024 * 1024);
    await eventually(async () => expect(await hostile.connections()).toBeLessThanOrEqual(1));
  });

  test('a redirect elsewhere is not followed', async () => {
    let followed = 0;
    const elsewhere = createServer((_request, response) => {
      followed += 1;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    for (const status of [301, 302, 303, 307, 308]) {
      hostile.behave = sends('', status, { location: `http://127.0.0.1:${port}/latest/meta-data` });
      expect(await tell('{ item { name } }')).toEqual({ data: { item: null }, codes: ['SERVICE_UNAVAILABLE'] });
    }
    expect(followed).toBe(0);
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  test.each([
    [
      '__proto__ in data',
      '{"data":{"__proto__":{"polluted":true},"item":{"__typename":"Item","id":"1","__proto__":{"polluted":true,"name":"inherited"},"constructor":{"prototype":{"polluted":true}}}}}',
      { item: { name: null } },
      [],
    ],
    [
      '__proto__ beside data',
      '{"__proto__":{"data":{"item":{"name":"inherited"}}},"data":{"item":{"name":"own"}}}',
      { item: { name: 'own' } },
      [],
    ],
    [
      'data that is inherited',
      '{"__proto__":{"data":{"item":{"name":"inherited"}}},"errors":[]}',
      { item: null },
      ['INTERNAL'],
    ],
    [
      'the same key twice',
      '{"data":{"item":{"name":"first"},"item":{"name":"second"}}}',
      { item: { name: 'second' } },
      [],
    ],
    [
      'fields that nobody asked',
      '{"data":{"item":{"name":"n","password":"x"},"users":[{"password":"x"}]},"extensions":{"trace":"x"}}',
      { item: { name: 'n' } },
      [],
    ],
    ['a list for an object', '{"data":{"item":[{"name":"n"}]}}', { item: null }, ['INTERNAL']],
    ['a text for an object', '{"data":{"item":"name"}}', { item: null }, ['INTERNAL']],
    ['a number for a text', '{"data":{"item":{"name":1}}}', { item: { name: null } }, ['INTERNAL']],
    [
      'an object for a text',
      '{"data":{"item":{"name":{"toString":"x","toJSON":"y"}}}}',
      { item: { name: null } },
      ['INTERNAL'],
    ],
    [
      'bytes that are no UTF-8',
      Buffer.from([...Buffer.from('{"data":{"item":{"name":"'), 0xff, 0xfe, 0xc0, 0x80, ...Buffer.from('"}}}')]),
      { item: { name: '\uFFFD\uFFFD\uFFFD\uFFFD' } },
      [],
    ],
    ['half of a surrogate pair', '{"data":{"item":{"name":"\\ud800"}}}', { item: { name: '\uD800' } }, []],
    ['a byte order mark', '\uFEFF{"data":{"item":{"name":"n"}}}', { item: null }, ['SERVICE_UNAVAILABLE']],
    [
      '100,000 levels where a text belongs',
      `{"data":{"item":{"name":${nested(100_000, '[', ']')}}}}`,
      { item: { name: null } },
      ['INTERNAL'],
    ],
    [
      '100,000 levels of objects',
      `{"data":{"item":${'{"inner":'.repeat(100_000)}null${'}'.repeat(100_000)}}}`,
      { item: { name: null } },
      [],
    ],
    [
      '100,000 levels in a field that nobody asked',
      `{"data":{"item":{"name":"n","x":${nested(100_000, '[', ']')}}},"extensions":${nested(100_000, '[', ']')}}`,
      { item: { name: 'n' } },
      [],
    ],
  ])('%s gets no further than the schema', async (_what, body, data, codes) => {
    hostile.behave = sends(body);
    expect(await tell('{ item { name } }')).toEqual({ data, codes });
  });

  test('wrong leaves gives null for each, and says so', async () => {
    hostile.behave = answersWith({
      item: {
        id: '1',
        count: 2 ** 40,
        size: 'NaN',
        open: 'true',
        kind: '__proto__',
        list: [[1], 'x', [1.5, { length: 9 }]],
      },
    });
    expect(await tell('{ item { id count size open kind list } }')).toEqual({
      data: { item: { id: '1', count: null, size: null, open: null, kind: null, list: [[1], null, [null, null]] } },
      codes: ['INTERNAL'],
    });
  });

  test.each(['__proto__', 'constructor', 'Missing', 'Query', 'String', 1, null, {}, ['Item']])(
    'the type %j that there is not here gives null',
    async (typename) => {
      hostile.behave = answersWith({ any: { __typename: typename, id: '1' } });
      expect(await tell('{ any { __typename ... on Other { id } } }')).toEqual({
        data: { any: null },
        codes: ['INTERNAL'],
      });
    },
  );

  test.each([
    ['without a message', [{}]],
    ['that are none', [null, 1, 'x', [], { message: 1 }, { message: null }]],
    [
      'with a stack, SQL and a path of the machine',
      [
        {
          message: 'select * from x',
          extensions: { code: 'INTERNAL', stacktrace: ['at /srv/x.ts:1:1'], exception: { stacktrace: ['x'] } },
        },
      ],
    ],
    ['without a code', [{ message: 'select * from x at /home/x.ts:1:1' }]],
    [
      'with a code of the prototype',
      [
        { message: 'select * from x', extensions: { code: '__proto__' } },
        { message: 'select * from x', extensions: { code: 'toString' } },
      ],
    ],
    [
      'with a path that is none',
      [
        { message: 'x', path: 'item' },
        { message: 'x', path: [{}, null, -1, 1.5] },
        { message: 'x', path: ['__proto__', 'polluted'] },
      ],
    ],
    [
      'with extensions of another type',
      [
        { message: 'x', extensions: 'x' },
        { message: 'x', extensions: [] },
      ],
    ],
    ['with 100,000 of them', Array.from({ length: 100_000 }, () => ({ message: 'x' }))],
    ['with places of 100,000 steps', [{ message: 'x', path: Array.from({ length: 100_000 }, () => 'item') }]],
  ])('errors %s are masked and few', async (_what, errors) => {
    hostile.behave = sends(JSON.stringify({ data: { item: null }, errors }));
    expect(await tell('{ item { name } }')).toEqual({ data: { item: null }, codes: ['INTERNAL'] });
  });

  test.each([
    ['a message of 10 MB', { message: 'x'.repeat(10 * 1024 * 1024), extensions: { code: 'BAD_USER_INPUT' } }],
    ['a scope of 10 MB', { message: 'x', extensions: { code: 'FORBIDDEN', scope: 'x'.repeat(10 * 1024 * 1024) } }],
    [
      'a path of 10 MB in its extensions',
      { message: 'x', extensions: { code: 'BAD_USER_INPUT', path: ['x'.repeat(10 * 1024 * 1024)] } },
    ],
  ])('an error with %s is told shortened, or not at all', async (_what, error) => {
    hostile.behave = sends(JSON.stringify({ data: { item: null }, errors: [error] }));
    expect((await tell('{ item { name } }')).data).toEqual({ item: null });
  });

  test('an error with 100,000 levels in its extensions costs no more than its fields', async () => {
    for (const member of ['path', 'scope', 'coordinate', 'retryAfterMs', 'code', 'x']) {
      hostile.behave = sends(
        `{"data":{"item":null},"errors":[{"message":"x","extensions":{"${member}":${nested(100_000, '[', ']')}}}]}`,
      );
      expect((await tell('{ item { name } friendly }')).data).toEqual({ item: null, friendly: 'yes' });
    }
  });
});

describe('a subgraph that is asked for entities and answers', () => {
  const TWO = '{ items { id more friend } }';
  const lost = {
    items: [
      { id: '1', more: null, friend: 'f' },
      { id: '2', more: null, friend: 'f' },
    ],
  };

  test.each([
    ['too few', '{"data":{"_entities":[{"__typename":"Item","more":"m"}]}}', 'INTERNAL'],
    [
      'too many',
      JSON.stringify({
        data: { _entities: Array.from({ length: 10_000 }, () => ({ __typename: 'Item', more: 'm' })) },
      }),
      'INTERNAL',
    ],
    ['no list', '{"data":{"_entities":{"0":{"more":"m"},"length":2}}}', 'INTERNAL'],
    ['nothing', '{"data":{}}', 'INTERNAL'],
    ['null', '{"data":null}', 'INTERNAL'],
    ['texts', '{"data":{"_entities":["x","y"]}}', 'INTERNAL'],
    ['lists', '{"data":{"_entities":[[],[]]}}', 'INTERNAL'],
    [
      'objects of 100,000 levels',
      `{"data":{"_entities":[{"more":${nested(100_000, '[', ']')}},{"more":${nested(100_000, '[', ']')}}]}}`,
      'INTERNAL',
    ],
    [
      'errors at places that there are not',
      '{"data":{"_entities":[null,null]},"errors":[{"message":"x","path":["_entities",99999999,"more"]},{"message":"x","path":["_entities","__proto__"]}]}',
      'INTERNAL',
    ],
  ])('%s costs its own fields, with a clear error', async (_what, body, code) => {
    entities.behave = sends(body);
    expect(await tell(TWO)).toEqual({ data: lost, codes: [code] });
  });

  test('other keys and another type than was asked for changes neither', async () => {
    entities.behave = sends(
      '{"data":{"_entities":[{"__typename":"Other","id":"99","more":"m"},{"__proto__":{"more":"inherited"},"id":"98"}]}}',
    );
    const { data } = await tell('{ items { more friend } }');
    expect(data).toMatchObject({ items: [{ friend: 'f' }, { more: null, friend: 'f' }] });
  });
});
