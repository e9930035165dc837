import { createHash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { GraphRequest, Call } from '@kontor/kit/src/graph/graph.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseTraffic } from '../../router/src/traffic/traffic-config.ts';
import { codesOf, expectRefused } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { accessOf, composeOwn, startOwnRouter, type Callers, type OwnRouter } from './fixture/own-supergraph.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

const SUPERGRAPH = composeOwn({
  mirror: `
    type Query { whoami(salt: String): String item: Item }
    type Mutation { touch: String }
    type Item @key(fields: "id") { id: ID! owner: String cost: String @requiresScopes(scopes: [["costs:read"]]) }`,
  details: `type Item @key(fields: "id") { id: ID! detail: String }`,
});

const caller = (role: Caller['role'], subject: string, channel: string, more: Partial<Caller> = {}): Caller => ({
  role,
  subject,
  channel,
  scopes: [],
  ...more,
});
/** Two callers differ in one thing each. */
const CALLERS: Callers = {
  '': caller('guest', 'guest', 'web'),
  mobile: caller('guest', 'guest', 'mobile'),
  'guest-at-a-register': caller('guest', 'guest', 'web', { locationId: 'berlin' }),
  'guest-with-a-scope': caller('guest', 'guest', 'web', { scopes: ['preview'] }),
  'guest-of-a-company': caller('guest', 'guest', 'web', { companyId: 'company-1' }),
  jana: caller('customer', 'jana', 'web', { customerId: 'jana' }),
  ruth: caller('customer', 'ruth', 'web', { customerId: 'ruth' }),
  'ruth-for-her-company': caller('customer', 'ruth', 'web', { customerId: 'ruth', companyId: 'company-1' }),
  'ruth-on-the-phone': caller('customer', 'ruth', 'mobile', { customerId: 'ruth' }),
  'jana-as-staff': caller('staff', 'jana', 'web', { customerId: 'jana' }),
  insider: caller('integration', 'partner', 'web', { scopes: ['costs:read'] }),
  outsider: caller('integration', 'partner', 'web'),
};
const NAMES = Object.keys(CALLERS);
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'x-tenant': 'a' },
  { 'x-tenant': 'b' },
  { 'x-locale': 'de' },
  { 'x-tenant': 'a', 'x-locale': 'de' },
];

/** What a subgraph knows of who asks. */
const identityOf = ({ caller: who, headers }: Call): string =>
  JSON.stringify([Object.entries(who).sort(), Object.entries(headers ?? {}).sort()]);
const expectedOf = (name: string, headers: Readonly<Record<string, string>>): string =>
  JSON.stringify([Object.entries(CALLERS[name]!).sort(), Object.entries(headers).sort()]);

describe.each(['nothing', 'reads', 'requests'] as const)('a router that shares %s', (share) => {
  let router: OwnRouter;
  let held: Promise<void>;
  let release: () => void;
  beforeAll(async () => {
    router = await startOwnRouter({
      supergraphSdl: SUPERGRAPH,
      share,
      access: accessOf(CALLERS, ({ caller: { role } }) => role === 'guest'),
      traffic: parseTraffic({ '*': { headers: [{ propagate: 'x-tenant' }, { propagate: 'x-locale' }] } }, [
        'mirror',
        'details',
      ]),
      subgraphs: {
        async mirror(_request: GraphRequest, call) {
          await held;
          const identity = identityOf(call);
          return {
            whoami: identity,
            touch: identity,
            item: { __typename: 'Item', id: '1', owner: identity, cost: `cost for ${identity}` },
          };
        },
        details: (_request, call) => ({ _entities: [{ __typename: 'Item', detail: identityOf(call) }] }),
      },
    });
  });
  afterAll(() => router.service.stop());
  beforeEach(() => {
    router.asked.splice(0);
    ({ promise: held, resolve: release } = Promise.withResolvers<void>());
  });
  afterEach(() => release());

  const QUERY = '{ whoami item { id owner cost detail } }';
  const expectOwn = (
    name: string,
    headers: Readonly<Record<string, string>>,
    answer: Awaited<ReturnType<typeof ask>>,
  ) => {
    const identity = expectedOf(name, headers);
    const maySee = name === 'insider';
    expect(answer.data).toEqual({
      whoami: identity,
      item: { id: '1', owner: identity, cost: maySee ? `cost for ${identity}` : null, detail: identity },
    });
    if (maySee) expect(answer.errors).toBeUndefined();
    else
      expect(codesOf(answer.errors)).toEqual([
        CALLERS[name]!.role === 'guest' ? expect.stringMatching(/FORBIDDEN|UNAUTHENTICATED/) : 'FORBIDDEN',
      ]);
  };

  test('gives each of 240 callers that ask the same at one moment its own answer', async () => {
    const asking = Array.from({ length: 240 }, (_, index) => {
      const name = NAMES[index % NAMES.length]!;
      const headers = HEADERS[Math.floor(index / NAMES.length) % HEADERS.length]!;
      return {
        name,
        headers,
        answer: ask(router.url, { query: QUERY }, name === '' ? undefined : name, {
          ...headers,
          'x-request-id': `request-${index}`,
        }),
      };
    });
    // Nobody is answered before all have asked: whatever is shared is shared now.
    await expect.poll(() => router.asked.length).toBeGreaterThanOrEqual(share === 'nothing' ? 240 : NAMES.length);
    release();
    for (const { name, headers, answer } of asking) expectOwn(name, headers, await answer);
  });

  test('tells errors with the id of each request, although the answer is shared', async () => {
    const asking = Array.from({ length: 20 }, (_, index) =>
      ask(router.url, { query: QUERY }, undefined, { 'x-request-id': `own-request-${index}` }),
    );
    release();
    for (const [index, answer] of asking.entries()) {
      const { errors } = (await answer) as { errors: { extensions: { requestId: string } }[] };
      expect(new Set(errors.map(({ extensions }) => extensions.requestId))).toEqual(new Set([`own-request-${index}`]));
    }
  });

  test('executes every one of the same mutations', async () => {
    release();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        ask(router.url, { query: 'mutation { touch }' }, NAMES[(index % (NAMES.length - 1)) + 1]),
      ),
    );
    for (const [index, { data }] of answers.entries())
      expect(data).toEqual({ touch: expectedOf(NAMES[(index % (NAMES.length - 1)) + 1]!, {}) });
    expect(router.asked).toHaveLength(30);
  });

  test('does not take different variables for the same', async () => {
    const query = 'query ($salt: String) { whoami(salt: $salt) }';
    const salts = ['a', 'b', '', null, undefined, '\n', '"', 'null'];
    const asking = salts.map((salt) =>
      ask(router.url, { query, ...(salt === undefined ? {} : { variables: { salt } }) }),
    );
    await expect.poll(() => router.asked.length).toBe(salts.length);
    release();
    await Promise.all(asking);
    expect(router.asked.map(({ request }) => JSON.stringify(request.variables)).sort()).toEqual(
      salts.map((salt) => JSON.stringify(salt === undefined ? {} : { salt })).sort(),
    );
  });

  test('answers the others when the first of those who share gives up', async () => {
    const leaving = new AbortController();
    const first = fetch(router.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
      signal: leaving.signal,
    });
    await expect.poll(() => router.asked.length).toBe(1);
    const second = ask(router.url, { query: QUERY });
    const third = ask(router.url, { query: QUERY }, 'jana');
    await expect.poll(() => router.asked.length).toBeGreaterThanOrEqual(2);
    leaving.abort();
    await expect(first).rejects.toThrow();
    release();
    expectOwn('', {}, await second);
    expectOwn('jana', {}, await third);
  });

  test('mixes no two operations of one document, and no two callers of one operation, over sockets', async () => {
    release();
    const query = 'query Who { whoami } query Item { item { owner detail } }';
    await Promise.all(
      ['jana', 'ruth', 'outsider'].map(async (name) => {
        const socket = await openRawSocket(router.url, name);
        const identity = expectedOf(name, {});
        const [[who], [item]] = await Promise.all([
          socket.run('who', { query, operationName: 'Who' }),
          socket.run('item', { query, operationName: 'Item' }),
        ]);
        expect(who!.payload).toEqual({ data: { whoami: identity } });
        expect(item!.payload).toEqual({ data: { item: { owner: identity, detail: identity } } });
        await socket.close();
      }),
    );
  });

  test('keeps no text under the hash of another, and no right with a hash', async () => {
    release();
    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
    const victim = '{ item { owner } }';
    const byHash = (sha256Hash: string, query?: string) => ({
      ...(query === undefined ? {} : { query }),
      extensions: { persistedQuery: { version: 1, sha256Hash } },
    });
    expectRefused(await send(router.url, byHash(hashOf(victim), QUERY), 'outsider'), 'BAD_REQUEST');
    expect(codesOf((await ask(router.url, byHash(hashOf(victim)), 'jana')).errors)).toEqual([
      'PERSISTED_QUERY_NOT_FOUND',
    ]);
    // Other spellings of a hash are other hashes, or none.
    expectRefused(await send(router.url, byHash(hashOf(victim).toUpperCase(), victim), 'outsider'), 'BAD_REQUEST');
    expectRefused(await send(router.url, byHash(` ${hashOf(victim)}`, victim), 'outsider'), 'BAD_REQUEST');
    // What an insider has made known is answered to an outsider as to an outsider.
    expectOwn('insider', {}, await ask(router.url, byHash(hashOf(QUERY), QUERY), 'insider'));
    expectOwn('outsider', {}, await ask(router.url, byHash(hashOf(QUERY)), 'outsider'));
    expectOwn('insider', {}, await ask(router.url, byHash(hashOf(QUERY)), 'insider'));
  });
});
