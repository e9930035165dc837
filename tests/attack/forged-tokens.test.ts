import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { guestOf, serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { createIdentity, generateInternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createShop, SUBGRAPHS, type Shop } from '../../router/src/fixture/shop.ts';
import { runRouter, type RunningRouter } from '../../router/src/fixture/running-router.ts';
import { expectRefused } from './fixture/expect-refusal.ts';
import { send } from './fixture/http.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

const names = ['web', 'router', ...SUBGRAPHS] as const;
const keys = await generateInternalKeys(names, { web: ['web'] });
const strangers = await generateInternalKeys(['web', 'router']);
const identities = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await createIdentity(name, keys[name]!)] as const)),
) as Record<(typeof names)[number], Awaited<ReturnType<typeof createIdentity>>>;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);
const claims = (changes: object = {}) => ({
  caller: { role: 'staff', subject: 'forged', channel: 'web', scopes: ['stock:read', 'catalogue:write'] },
  iss: 'web',
  aud: 'router',
  iat: now(),
  exp: now() + 60,
  ...changes,
});

/** Signs claims with the key of a service. */
async function signed(service: string, payload: object, header: object = {}, of = keys): Promise<string> {
  const key = await importJWK(of[service]!.privateKey, 'EdDSA');
  return new SignJWT(payload as never).setProtectedHeader({ alg: 'EdDSA', kid: service, ...header }).sign(key);
}

const publicKeyOf = (service: string) => keys['router']!.trusted.keys.find(({ kid }) => kid === service)!;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const withMac = (secret: string | Buffer, header: object = { alg: 'HS256', kid: 'web' }) => {
  const text = `${encode(header)}.${encode(claims())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};
const withRsa = (header: object) => {
  const text = `${encode(header)}.${encode(claims())}`;
  return `${text}.${signBytes('sha256', Buffer.from(text), rsa.privateKey).toString('base64url')}`;
};

/** Tokens that nobody may come in with. */
const FORGED: readonly (readonly [string, () => Promise<string> | string])[] = [
  ['no algorithm', () => `${encode({ alg: 'none', kid: 'web' })}.${encode(claims())}.x`],
  ['no algorithm in another case', () => `${encode({ alg: 'nOnE', kid: 'web' })}.${encode(claims())}.x`],
  ['no signature', () => `${encode({ alg: 'EdDSA', kid: 'web' })}.${encode(claims())}.`],
  [
    'a signature of nothing',
    () => `${encode({ alg: 'EdDSA', kid: 'web' })}.${encode(claims())}.${Buffer.alloc(64).toString('base64url')}`,
  ],
  ['a MAC with the public key as its secret', () => withMac(Buffer.from(publicKeyOf('web').x!, 'base64url'))],
  ['a MAC with the public key in JSON as its secret', () => withMac(JSON.stringify(publicKeyOf('web')))],
  ['a MAC with an empty secret', () => withMac('')],
  ['a key of its own in the header', () => withRsa({ alg: 'RS256', jwk: rsa.publicKey.export({ format: 'jwk' }) })],
  ['a key at an address', () => withRsa({ alg: 'RS256', kid: 'web', jku: 'http://127.0.0.1:1/keys' })],
  ['the key of a stranger under a name of ours', () => signed('web', claims(), {}, strangers)],
  ['the name of another service', () => signed('web', claims(), { kid: 'prices' })],
  ['the issuer of another service', () => signed('web', claims({ iss: 'prices' }))],
  ['an unknown name', () => signed('web', claims(), { kid: 'nobody' })],
  ['a name of the prototype', () => signed('web', claims(), { kid: '__proto__' })],
  ['a name that is a path', () => signed('web', claims(), { kid: '../../keys' })],
  ['another audience', () => signed('web', claims({ aud: 'stock' }))],
  ['no audience', () => signed('web', claims({ aud: undefined }))],
  ['an end in the past', () => signed('web', claims({ iat: now() - 120, exp: now() - 60 }))],
  ['no end', () => signed('web', claims({ exp: undefined }))],
  ['an end that is no number', () => signed('web', claims({ exp: 'never' }))],
  ['a beginning in the future', () => signed('web', claims({ nbf: now() + 3_600 }))],
  ['no caller', () => signed('web', claims({ caller: undefined }))],
  [
    'a role that there is not',
    () => signed('web', claims({ caller: { role: 'root', subject: 'x', channel: 'web', scopes: ['*'] } })),
  ],
  [
    'scopes that are a text',
    () => signed('web', claims({ caller: { role: 'staff', subject: 'x', channel: 'web', scopes: '*' } })),
  ],
  [
    'the role of an edge, which nobody may claim',
    () => signed('web', claims({ caller: { role: 'edge', subject: 'web', channel: 'web', scopes: ['*'] } })),
  ],
  [
    'a caller of a channel for which its service may not vouch',
    () => signed('web', claims({ caller: { role: 'staff', subject: 'x', channel: 'pos', scopes: ['stock:read'] } })),
  ],
  [
    'a caller of no channel',
    () => signed('web', claims({ caller: { role: 'staff', subject: 'x', channel: null, scopes: ['stock:read'] } })),
  ],
  ['another service as its caller', () => signed('web', claims({ caller: serviceCaller('prices') }))],
  [
    'an extension that must be understood',
    () =>
      signed('web', claims(), { crit: ['exp'] }).catch(
        () => `${encode({ alg: 'EdDSA', kid: 'web', crit: ['exp'] })}.${encode(claims())}.x`,
      ),
  ],
];

let shop: Shop;
let router: RunningRouter;
let url: string;
beforeAll(async () => {
  shop = await createShop('over HTTP', identities);
  router = await runRouter(shop, identities.router);
  url = `${router.url}/graphql`;
});
afterAll(async () => {
  await router.service.stop();
  await shop.stop();
});
beforeEach(() => void shop.state.asked.splice(0));

const BODY = { query: '{ channel { code } }' };

describe('a token', () => {
  test('that a service signed for the router is good for it', async () => {
    expect(JSON.parse((await send(url, BODY, await signed('web', claims()))).text)).toEqual({
      data: { channel: { code: 'web' } },
    });
  });

  test.each(FORGED)('with %s is refused over HTTP in both ways, and closes a socket with 4403', async (_what, make) => {
    const token = await make();
    expectRefused(await send(url, BODY, token), 'UNAUTHENTICATED');
    expectRefused(await send(url, BODY, token, { accept: 'application/json;q=0.9' }), 'UNAUTHENTICATED');
    const socket = await openRawSocket(url, undefined, { init: false });
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect(await socket.closed).toBe(4403);
    expect(shop.state.asked).toEqual([]);
  });

  test('of which a letter was changed is refused, although the other has just been verified', async () => {
    const token = await identities.web.sign(guestOf('web'), 'router');
    expect((await send(url, BODY, token)).status).toBe(200);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    shop.state.asked.splice(0);
    for (const changed of [
      `${flip(header, 5)}.${payload}.${signature}`,
      `${header}.${flip(payload, 20)}.${signature}`,
      `${header}.${payload}.${flip(signature, 20)}`,
      `${token}.x`,
      token.slice(0, -4),
    ])
      expectRefused(await send(url, BODY, changed), 'UNAUTHENTICATED');
    expect(shop.state.asked).toEqual([]);
  });

  test('that a subgraph got of the router is good for nobody else', async () => {
    const forStock = await identities.router.sign(guestOf('web'), 'stock');
    expectRefused(await send(url, BODY, forStock), 'UNAUTHENTICATED');
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Basic d2ViOndlYg==',
    'Bearer a b',
    `Bearer ${'x'.repeat(4_000)}`,
    'Bearer a.b.c',
    'Bearer ...',
    `Bearer ${'a'.repeat(300)}.${'b'.repeat(300)}.`,
  ])('that is none (%s) is refused', async (authorization) => {
    expectRefused(await send(url, BODY, undefined, { authorization }), 'UNAUTHENTICATED');
    expect(shop.state.asked).toEqual([]);
  });
});
