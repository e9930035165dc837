import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { createTokenKey, signToken, tokenClaims } from '@kontor/testkit/src/access-tokens.ts';
import { createFakeCustomers, type FakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHANNELS } from './fixture/channels.ts';
import { expectRefused } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { openRawSocket } from './fixture/raw-socket.ts';
import { startTokenChannel, startTokenRouter, type TokenEdge } from './fixture/token-edges.ts';

const key = createTokenKey('key-of-customers');
const stranger = createTokenKey('key-of-customers');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const nowS = () => Math.floor(Date.now() / 1_000);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (alg: string, header: object = {}) =>
  `${part({ alg, typ: 'at+jwt', kid: key.kid, ...header })}.${part(tokenClaims())}`;
const withMac = (secret: string | Buffer) =>
  `${unsigned('HS256')}.${createHmac('sha256', secret).update(unsigned('HS256')).digest('base64url')}`;
const withRsa = (header: object) =>
  `${unsigned('RS256', header)}.${signBytes('sha256', Buffer.from(unsigned('RS256', header)), rsa.privateKey).toString('base64url')}`;
const claimed = (changes: object, header: object = {}) => signToken(key, tokenClaims(changes), header);

/** Tokens that open no door. */
const FORGED: readonly (readonly [string, () => string])[] = [
  ['no algorithm', () => `${unsigned('none')}.`],
  ['no algorithm in another case', () => `${unsigned('nOnE')}.x`],
  ['no signature', () => `${unsigned('EdDSA')}.`],
  ['a signature of nothing', () => `${unsigned('EdDSA')}.${Buffer.alloc(64).toString('base64url')}`],
  ['a MAC with the public key as its secret', () => withMac(Buffer.from(key.publicKey.x, 'base64url'))],
  ['a MAC with the published key as its secret', () => withMac(JSON.stringify(key.publicKey))],
  ['a MAC with an empty secret', () => withMac('')],
  ['a key of its own in the header', () => withRsa({ jwk: rsa.publicKey.export({ format: 'jwk' }) })],
  ['a key at an address', () => withRsa({ jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/keys' })],
  ['the key of a stranger under a name of ours', () => signToken(stranger)],
  ['an unknown key', () => claimed({}, { kid: 'key-of-tomorrow' })],
  ['a key of the prototype', () => claimed({}, { kid: 'constructor' })],
  ['a key that is a path', () => claimed({}, { kid: '../../keys' })],
  ['no key', () => claimed({}, { kid: undefined })],
  ['the type of an ID token', () => claimed({}, { typ: 'JWT' })],
  ['the type of a refresh token', () => claimed({}, { typ: 'rt+jwt' })],
  ['no type', () => claimed({}, { typ: undefined })],
  ['another issuer', () => claimed({ iss: 'https://accounts.example' })],
  ['an audience that is no channel', () => claimed({ aud: 'web' })],
  ['no audience', () => claimed({ aud: undefined })],
  ['an end in the past', () => claimed({ iat: nowS() - 600, exp: nowS() - 300 })],
  ['an end far away', () => claimed({ exp: nowS() + 86_400 })],
  ['no end', () => claimed({ exp: undefined })],
  ['an end that is no number', () => claimed({ exp: '9999999999' })],
  ['a beginning in the future', () => claimed({ nbf: nowS() + 60 })],
  ['the role of a service', () => claimed({ role: 'service' })],
  ['the role of an edge', () => claimed({ role: 'edge' })],
  ['scopes that are a text', () => claimed({ scopes: '*' })],
  ['an extension that must be understood', () => claimed({}, { crit: ['b64'], b64: false })],
];

const NAME = { query: '{ __typename }' };
const CHANNEL = { query: '{ channel { code requestId } }' };

let customers: FakeCustomers;
let edges: TokenEdge[];
beforeEach(() => {
  customers = createFakeCustomers(key);
  edges = [];
});
afterEach(async () => {
  await Promise.all(edges.map((edge) => edge.stop()));
});
const started = async <Edge extends TokenEdge>(starting: Promise<Edge>): Promise<Edge> => {
  const edge = await starting;
  edges.push(edge);
  return edge;
};
const web = () => started(startTokenChannel('web', customers));
const router = () => started(startTokenRouter(customers));

describe('an access token', () => {
  test('opens its channel, and the router, without a question who holds it', async () => {
    for (const edge of [await web(), await router()])
      expect(await ask(edge.url, NAME, signToken(key))).toMatchObject({ data: { __typename: 'Query' } });
    expect(customers.count('authenticate')).toBe(0);
  });

  test('of which a letter was changed is refused, although the other has just been verified', async () => {
    const edge = await web();
    const token = signToken(key);
    expect((await send(edge.url, NAME, token)).status).toBe(200);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const other = signToken(key, tokenClaims({ sub: 'ruth', customerId: 'ruth' })).split('.')[1]!;
    for (const changed of [`${header}.${other}.${signature}`, `${header}.${payload}.`, `${token}x`, token.slice(0, -4)])
      expectRefused(await send(edge.url, NAME, changed), 'UNAUTHENTICATED');
    expect((await send(edge.url, NAME, token)).status).toBe(200);
  });

  test('is no internal token, and an internal token is no access token', async () => {
    const edge = await router();
    const service = await edge.signAsService(guestOf('web'));
    expect((await send(edge.url, CHANNEL, service)).status).toBe(200);
    expectRefused(await send((await web()).url, NAME, service), 'UNAUTHENTICATED');
    // The claims of an internal token, signed by customers' key; and an access token under the name of a service.
    const caller = {
      caller: { role: 'staff', subject: 'x', channel: 'web', scopes: ['*'] },
      iss: 'web',
      aud: 'router',
    };
    expectRefused(await send(edge.url, CHANNEL, claimed(caller, { typ: undefined, kid: 'web' })), 'UNAUTHENTICATED');
    expectRefused(await send(edge.url, CHANNEL, claimed({}, { kid: 'web' })), 'UNAUTHENTICATED');
  });
});

describe('a forged token', () => {
  const asked = createFakeCustomers(key);
  let doors: readonly TokenEdge[];
  beforeAll(async () => {
    doors = [await startTokenChannel('web', asked), await startTokenRouter(asked)];
  });
  afterAll(async () => {
    await Promise.all(doors.map((edge) => edge.stop()));
  });

  test.each(FORGED)('with %s is refused over HTTP, and closes a socket with 4403', async (_what, make) => {
    for (const { url } of doors) {
      expectRefused(await send(url, NAME, make()), 'UNAUTHENTICATED');
      expectRefused(await send(url, NAME, make(), { accept: 'application/json;q=0.9' }), 'UNAUTHENTICATED');
      const socket = await openRawSocket(url, undefined, { init: false });
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${make()}` } });
      expect(await socket.closed).toBe(4403);
    }
    expect(asked.count('authenticate')).toBe(0);
  });
});

describe('a token of one channel', () => {
  test.each(CHANNELS)('opens no other: %s', async (name) => {
    const edge = await started(startTokenChannel(name, customers));
    const roles = ['customer', 'staff', 'integration'] as const;
    const member = { companyId: 'company-1', companyRole: 'ADMIN' };
    for (const other of [...CHANNELS.filter((each) => each !== name), 'outlet'])
      for (const role of roles) {
        const { status, text } = await send(edge.url, NAME, claimed({ ...member, aud: `kontor:${other}`, role }));
        expect([status, text]).toEqual([403, expect.stringContaining('FORBIDDEN')]);
      }
    expect(edge.router.calls).toEqual([]);
    const own = await Promise.all(
      roles.map((role) => send(edge.url, NAME, claimed({ ...member, aud: `kontor:${name}`, role }))),
    );
    expect(own.some(({ status }) => status === 200)).toBe(true);
  });

  test('acts in that channel at the router, whatever else it says', async () => {
    const edge = await router();
    const token = claimed({ aud: 'kontor:b2b', channel: 'pos' });
    expect(await ask(edge.url, CHANNEL, token)).toMatchObject({ data: { channel: { code: 'b2b' } } });
  });
});

describe('what has ended', () => {
  test('is refused: a token whose key was rotated away', async () => {
    customers.keys = [createTokenKey('key-of-today')];
    expectRefused(await send((await web()).url, NAME, signToken(key)), 'UNAUTHENTICATED');
  });

  test('is refused with its reason: a token of a session that ended, from then on and at every edge', async () => {
    const token = signToken(key);
    const early = await web();
    expect((await send(early.url, NAME, token)).status).toBe(200);
    customers.revocations.push({ credentialId: 'session-1', notBefore: new Date().toISOString() });
    for (const edge of [await web(), await router()]) {
      const answer = await send(edge.url, NAME, token);
      expectRefused(answer, 'UNAUTHENTICATED');
      expect(answer.text).toContain('"reason":"SESSION_ENDED"');
      expect((await send(edge.url, NAME, claimed({ sid: 'session-2' }))).status).toBe(200);
    }
  });

  test('is refused: a key that was revoked, and one that customers cannot be asked for', async () => {
    customers.holders.set('a-key-of-staff', {
      role: 'staff',
      subject: 's',
      channel: null,
      scopes: [],
      credentialId: 'c',
    });
    const edge = await web();
    expect((await send(edge.url, NAME, 'a-key-of-staff')).status).toBe(200);
    customers.holders.clear();
    expectRefused(await send((await web()).url, NAME, 'a-key-of-staff'), 'UNAUTHENTICATED');
    customers.isDown = true;
    expectRefused(await send((await web()).url, NAME, 'a-key-of-staff'), 'SERVICE_UNAVAILABLE');
    expectRefused(await send((await web()).url, NAME, signToken(key)), 'SERVICE_UNAVAILABLE');
  });

  test('closes its socket with 4403, and a new token comes back in', async () => {
    const edge = await web();
    const ending = claimed({ iat: nowS() - 10, exp: nowS() + 2 });
    const socket = await openRawSocket(edge.url, ending);
    expect(await socket.run('1', NAME)).toMatchObject([
      { type: 'next', payload: { data: { __typename: 'Query' } } },
      { type: 'complete' },
    ]);
    expect(await socket.closed).toBe(4403);
    const again = await openRawSocket(edge.url, undefined, { init: false });
    again.send({ type: 'connection_init', payload: { authorization: `Bearer ${ending}` } });
    expect(await again.closed).toBe(4403);
    const fresh = await openRawSocket(edge.url, signToken(key));
    expect(await fresh.run('1', NAME)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    await fresh.close();
  });
});

describe('a flood', () => {
  test('of tokens with unknown keys costs one question', async () => {
    const edge = await web();
    const flood = Array.from({ length: 200 }, (_, index) => claimed({}, { kid: `made-up-${index}` }));
    const answers = await Promise.all(flood.map((token) => send(edge.url, NAME, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(customers.count('signingKeys')).toBe(1);
  });

  test('of requests with one key costs one question', async () => {
    customers.holders.set('a-key-of-staff', {
      role: 'staff',
      subject: 's',
      channel: null,
      scopes: [],
      credentialId: 'c',
    });
    customers.held = new Set(['authenticate']);
    const edge = await web();
    const herd = Array.from({ length: 100 }, () => send(edge.url, NAME, 'a-key-of-staff'));
    const late = send(edge.url, NAME, 'another-key');
    await expect.poll(() => customers.count('authenticate')).toBe(2);
    customers.held = new Set();
    customers.release();
    expect(new Set((await Promise.all(herd)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await late).status).toBe(401);
    expect(customers.count('authenticate')).toBe(2);
  });

  test('of requests by many callers at once gives nobody the caller of another', async () => {
    const edge = await router();
    const callers = Array.from({ length: 60 }, (_, index) => ({
      sub: `customer-${index}`,
      customerId: `customer-${index}`,
      sid: `session-${index}`,
      aud: `kontor:${CHANNELS[index % CHANNELS.length]}`,
    }));
    const tokens = callers.map((claims) => claimed(claims));
    for (let round = 0; round < 3; round += 1) {
      edge.shop.state.asked.splice(0);
      const answers = await Promise.all(
        tokens.map((token, index) => ask(edge.url, CHANNEL, token, { 'x-request-id': `request-of-${index}` })),
      );
      expect(answers.map(({ data }) => data)).toEqual(
        callers.map(({ aud }, index) => ({ channel: { code: aud.slice(7), requestId: `request-of-${index}` } })),
      );
      const asked = new Map(edge.shop.state.asked.map(({ requestId, subject }) => [requestId, subject]));
      expect(callers.map((_, index) => asked.get(`request-of-${index}`))).toEqual(callers.map(({ sub }) => sub));
    }
  });
});

describe('the public keys', () => {
  test('are at every edge, without anything private, and may be kept for a minute', async () => {
    customers.keys = [{ kid: key.kid, publicKey: { ...key.publicKey, d: 'private' } as never }];
    const all = [
      ...(await Promise.all(CHANNELS.map((name) => started(startTokenChannel(name, customers))))),
      await router(),
    ];
    for (const { origin } of all) {
      const response = await fetch(`${origin}/.well-known/jwks.json`);
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
      expect(await response.json()).toEqual({
        keys: [{ kty: 'OKP', crv: 'Ed25519', x: key.publicKey.x, kid: key.kid, alg: 'EdDSA', use: 'sig' }],
      });
    }
  });

  test('are unavailable when they are not known, and asked for once', async () => {
    customers.isDown = true;
    const { origin } = await web();
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${origin}/.well-known/jwks.json`)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 503));
    expect(customers.count('signingKeys')).toBe(1);
  });
});
