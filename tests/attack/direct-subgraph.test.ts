import type { Database } from '@kontor/kit/src/database.ts';
import { guestOf, serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { createIdentity, generateInternalKeys, type Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createTokenKey, signToken } from '@kontor/testkit/src/access-tokens.ts';
import { importJWK, SignJWT } from 'jose';
import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Customer } from '../../subgraphs/customers/src/resolvers/customer.ts';
import { expectRefused } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

const CHANNELS = { customers: [], orders: [], 'bff-web': ['web'], 'bff-pos': ['pos'] };
const keys = await generateInternalKeys(['customers', 'orders', 'router', 'bff-web', 'bff-pos'], CHANNELS);
const identityOf = (name: string): Promise<Identity> => createIdentity(name, keys[name]!);
const [router, orders, web] = (await Promise.all(['router', 'orders', 'bff-web'].map(identityOf))) as [
  Identity,
  Identity,
  Identity,
];

const nowS = () => Math.floor(Date.now() / 1_000);
/** Signs claims for the subgraph with the key of a service. */
const signed = async (service: string, caller: unknown, claims: object = {}) =>
  new SignJWT({ caller, iss: service, aud: 'customers', iat: nowS(), exp: nowS() + 60, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: service })
    .sign(await importJWK(keys[service]!.privateKey, 'EdDSA'));

const person = (customerId: string, more: Partial<Caller> = {}): Caller => ({
  role: 'customer',
  subject: customerId,
  customerId,
  channel: 'web',
  scopes: [],
  ...more,
});

/** No outbox to relay here: nothing that is attacked gets as far as a database. */
const noDatabase = {
  onCommit: () => undefined,
  single() {
    throw new Error('there is no database');
  },
  close: () => Promise.resolve(),
} as unknown as Database;

let service: Service;
let origin: string;
const loaded: string[] = [];
const done: string[] = [];
beforeAll(async () => {
  const loaders = {
    customers: {
      load(id: string) {
        loaded.push(id);
        return Promise.resolve({ id, email: `${id}@example.com`, companyId: null });
      },
    },
  };
  service = createSubgraph({
    name: 'customers',
    deps: { db: noDatabase, bus: createMemoryBus(), identity: await identityOf('customers'), logger: silentLogger },
    sdl: parse(
      'type Customer @key(fields: "id") { id: ID! email: String } type Query { me: Customer } type Mutation { signOut: Boolean }',
    ),
    resolvers: {
      Customer: { __resolveReference: Customer.__resolveReference },
      Query: {
        me: (_: unknown, _args: unknown, { caller }: { caller: Caller }) =>
          caller.customerId === undefined ? null : loaders.customers.load(caller.customerId),
      },
      Mutation: { signOut: () => done.push('signOut') > 0 },
    },
    internalSdl: parse(
      'type Query { authenticate(credential: String!): ID } type Mutation { credentialRevoke: Boolean }',
    ),
    internalResolvers: {
      Query: { authenticate: () => null },
      Mutation: { credentialRevoke: () => done.push('credentialRevoke') > 0 },
    },
    context: (call) => ({ ...call, loaders }),
  });
  origin = `http://127.0.0.1:${await service.listen(0, '127.0.0.1')}`;
});
afterAll(() => service.stop());
beforeEach(() => {
  loaded.length = 0;
  done.length = 0;
});

const PATHS = ['/graphql', INTERNAL_PATH];
const ANYTHING = { query: '{ __typename }' };

/** Who comes to a subgraph without being sent by a service of ours. */
const STRANGERS: readonly (readonly [string, () => Promise<Record<string, string>> | Record<string, string>])[] = [
  ['no identity', () => ({})],
  [
    'an identity in headers of its own making',
    () => ({
      'x-kontor-caller': JSON.stringify(serviceCaller('router')),
      'x-user-id': 'ada',
      'x-kontor-client-address': '127.0.0.1',
    }),
  ],
  ['a key of a partner', () => ({ authorization: 'Bearer partner-key-0123456789' })],
  ['an access token', () => ({ authorization: `Bearer ${signToken(createTokenKey())}` })],
  [
    'a caller in base64 instead of a token',
    () => ({ authorization: `Bearer ${Buffer.from(JSON.stringify(person('ada'))).toString('base64url')}` }),
  ],
  [
    'a token that has expired',
    async () => bearer(await signed('router', person('ada'), { iat: nowS() - 61, exp: nowS() - 1 })),
  ],
  ['a token for another service, replayed', async () => bearer(await router.sign(person('ada'), 'orders'))],
  ['a token without an end', async () => bearer(await signed('router', person('ada'), { exp: undefined }))],
  [
    'the name of the router over the key of another',
    async () => bearer(await signed('orders', person('ada'), { iss: 'router' })),
  ],
  [
    'a customer for whom a service without channels vouches',
    async () => bearer(await orders.sign(person('ada'), 'customers')),
  ],
  [
    'a customer of a channel for whom the BFF of another vouches',
    async () => bearer(await signed('bff-pos', person('ada'))),
  ],
  [
    'staff of a channel for whom the BFF of another vouches',
    async () =>
      bearer(await web.sign({ role: 'staff', subject: 's', channel: 'pos', scopes: ['customers:read'] }, 'customers')),
  ],
  [
    'a staff member of no channel',
    async () =>
      bearer(await web.sign({ role: 'staff', subject: 's', channel: null, scopes: ['customers:read'] }, 'customers')),
  ],
  ['a service in the name of another', async () => bearer(await signed('bff-web', serviceCaller('orders')))],
];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a subgraph that is called directly', () => {
  test.each(STRANGERS)('with %s refuses everything, over HTTP and sockets', async (_what, make) => {
    for (const path of PATHS) {
      const headers = await make();
      expectRefused(await send(origin + path, ANYTHING, undefined, headers), 'UNAUTHENTICATED');
      const mutation = { query: path === INTERNAL_PATH ? 'mutation { credentialRevoke }' : 'mutation { signOut }' };
      expectRefused(await send(origin + path, mutation, undefined, headers), 'UNAUTHENTICATED');
      const socket = await openRawSocket(origin + path, undefined, { init: false, headers });
      socket.send({ type: 'connection_init', payload: headers });
      expect(await socket.closed).toBe(4403);
    }
    expect([loaded, done]).toEqual([[], []]);
  });

  test('answers those for whom the router vouches', async () => {
    const token = await router.sign(person('ada'), 'customers');
    expect(await ask(`${origin}/graphql`, { query: '{ me { email } }' }, token)).toEqual({
      data: { me: { email: 'ada@example.com' } },
    });
  });

  test.each([
    ['a customer', person('ada')],
    ['staff with every scope', { role: 'staff', subject: 's', channel: 'web', scopes: ['customers:read', 'edge'] }],
    ['a guest', guestOf('web')],
  ] as const)('does nothing at its internal graph for %s', async (_who, caller) => {
    const token = await router.sign(caller, 'customers');
    const answer = await ask(origin + INTERNAL_PATH, { query: 'mutation { credentialRevoke }' }, token);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(done).toEqual([]);
  });

  test('answers a BFF at its internal graph what it needs, and nothing else', async () => {
    const token = await web.sign(serviceCaller('bff-web'), 'customers');
    const credentials = { query: '{ authenticate(credential: "x") }' };
    expect(await ask(origin + INTERNAL_PATH, credentials, token)).toEqual({ data: { authenticate: null } });
    for (const [path, query] of [
      [INTERNAL_PATH, 'mutation { credentialRevoke }'],
      ['/graphql', '{ me { email } }'],
    ] as const)
      expect((await ask(origin + path, { query }, token)).errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN' } },
      ]);
    expect([loaded, done]).toEqual([[], []]);
  });
});

describe('_entities with a valid token', () => {
  const ENTITIES = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Customer { id email } } }';
  const entities = async (caller: Caller, ...ids: string[]) => {
    const variables = { keys: ids.map((id) => ({ __typename: 'Customer', id })) };
    return ask(`${origin}/graphql`, { query: ENTITIES, variables }, await router.sign(caller, 'customers'));
  };
  const ada = { id: 'ada', email: 'ada@example.com' };

  test.each<[string, Caller]>([
    ['another customer', person('ruth')],
    ['a colleague of the same company', person('ruth', { companyId: 'company-1', companyRole: 'ADMIN' })],
    ['a guest', guestOf('web')],
    ['a guest who says whose profile it wants', { ...guestOf('web'), subject: 'ada' }],
    ['a partner', { role: 'integration', subject: 'ada', channel: 'web', scopes: ['orders:read'] }],
    ['a till', { role: 'staff', subject: 'till', channel: 'web', scopes: ['customers:lookup'] }],
    ['a device', { role: 'device', subject: 'device-1', channel: 'web', scopes: [] }],
  ])('and the key of a customer is null for %s, and nothing is read', async (_who, caller) => {
    expect(await entities(caller, 'ada')).toEqual({ data: { _entities: [null] } });
    expect(loaded).toEqual([]);
  });

  test('gives a caller its own among those of others', async () => {
    expect(await entities(person('ada'), 'ruth', 'ada', 'nobody')).toEqual({ data: { _entities: [null, ada, null] } });
    expect(loaded).toEqual(['ada']);
  });
});
