import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { createTokenKey, signToken, tokenClaims } from '@kontor/testkit/src/access-tokens.ts';
import { createFakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../logger.ts';
import { systemTiming } from '../timing.ts';
import { claimsToBeAccessToken, createAccessTokens, isJsonWebToken } from './access-token.ts';
import { createAccessTokenKeys } from './access-token-keys.ts';
import { askAs } from './edge-customers.ts';

const key = createTokenKey();
const stranger = createTokenKey();
const NOW = Date.UTC(2026, 0, 31, 12, 0, 0, 400);
const nowS = Math.floor(NOW / 1000);

const tokensOf = (customers = createFakeCustomers(key)) => {
  const ask = askAs('test', customers);
  return createAccessTokens(createAccessTokenKeys({ ask, logger: silentLogger, timing: systemTiming }), systemClock);
};
const refusal = (reason?: string) => ({
  extensions: { code: 'UNAUTHENTICATED', ...(reason === undefined ? {} : { reason }) },
});

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW }));
afterEach(() => vi.useRealTimers());

describe('an access token', () => {
  it('says who calls, for which channel, in which session and until when', async () => {
    const claims = tokenClaims({
      aud: 'kontor:b2b',
      scopes: ['invoices'],
      companyId: 'company-1',
      companyRole: 'APPROVER',
      companyLocationId: 'location-1',
      groups: ['gold', 'press'],
      deviceId: undefined,
    });
    expect(await tokensOf().verify(signToken(key, { ...claims, unheardOf: 'claim' }))).toEqual({
      issuedAt: nowS * 1000,
      caller: {
        role: 'customer',
        subject: 'ada',
        channel: 'b2b',
        scopes: ['invoices'],
        customerId: 'ada',
        companyId: 'company-1',
        companyRole: 'APPROVER',
        companyLocationId: 'location-1',
        groups: ['gold', 'press'],
        credentialId: 'session-1',
        expiresAt: (nowS + 300) * 1000,
      },
    });
  });

  it('makes a caller without the members that it does not name, whom nobody can change', async () => {
    const { caller } = await tokensOf().verify(signToken(key, tokenClaims({ groups: [] })));
    expect(Object.keys(caller).sort()).toEqual(
      ['channel', 'credentialId', 'customerId', 'expiresAt', 'role', 'scopes', 'subject'].sort(),
    );
    expect([caller, caller.scopes].every((each) => Object.isFrozen(each))).toBe(true);
  });

  it.each<[string, object, object?]>([
    ['of another issuer', { iss: 'somebody' }],
    ['of no issuer', { iss: undefined }],
    ['for no audience', { aud: undefined }],
    ['for another service', { aud: 'shop:web' }],
    ['for several channels', { aud: ['kontor:web', 'kontor:b2b'] }],
    ['for no channel', { aud: 'kontor:' }],
    ['without an end', { exp: undefined }],
    ['whose end is a text', { exp: String(nowS + 300) }],
    ['whose end is a fraction', { exp: nowS + 300.5 }],
    ['without a beginning', { iat: undefined }],
    ['longer than 15 minutes', { exp: nowS + 901 }],
    ['that ends before it begins', { iat: nowS + 4, exp: nowS + 2 }],
    ['issued later than clocks differ', { iat: nowS + 6 }],
    ['good later than clocks differ', { nbf: nowS + 6 }],
    ['whose beginning is a text', { nbf: 'soon' }],
    ['without a subject', { sub: undefined }],
    ['without a session', { sid: undefined }],
    ['with an empty session', { sid: '' }],
    ['of a guest', { role: 'guest' }],
    ['of a service', { role: 'service' }],
    ['with scopes that are a text', { scopes: '*' }],
    ['with more groups than a caller has', { groups: Array.from({ length: 51 }, (_, index) => `group-${index}`) }],
    ['of no type', {}, { typ: undefined }],
    ['that is an ID token', {}, { typ: 'JWT' }],
    ['that is a refresh token', {}, { typ: 'rt+jwt' }],
    ['whose type is no text', {}, { typ: ['at+jwt'] }],
    ['with a key that there is not', {}, { kid: 'key-2' }],
    ['with a key of the prototype', {}, { kid: '__proto__' }],
    ['without the name of a key', {}, { kid: undefined }],
    ['with an extension that must be understood', {}, { crit: ['unheardOf'], unheardOf: true }],
    ['under another name of the algorithm', {}, { alg: 'Ed25519' }],
  ])('%s is refused', async (_what, claims, header = {}) => {
    await expect(tokensOf().verify(signToken(key, tokenClaims(claims), header))).rejects.toMatchObject(refusal());
  });

  it('signed by somebody else, or by nobody, or with another algorithm is refused', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const head = (alg: string, more: object = {}) =>
      `${part({ alg, typ: 'at+jwt', kid: key.kid, ...more })}.${part(tokenClaims())}`;
    const mac = (secret: string | Buffer) =>
      `${head('HS256')}.${createHmac('sha256', secret).update(head('HS256')).digest('base64url')}`;
    const own = head('RS256', { jwk: rsa.publicKey.export({ format: 'jwk' }) });
    for (const token of [
      signToken(stranger),
      `${head('none')}.`,
      `${head('None')}.x`,
      `${head('EdDSA')}.`,
      `${head('EdDSA')}.${Buffer.alloc(64).toString('base64url')}`,
      mac(Buffer.from(key.publicKey.x, 'base64url')),
      mac(JSON.stringify(key.publicKey)),
      `${own}.${signBytes('sha256', Buffer.from(own), rsa.privateKey).toString('base64url')}`,
      'a.b.c',
      '..',
    ])
      await expect(tokensOf().verify(token)).rejects.toMatchObject(refusal());
  });

  it('is taken when a clock is behind by 5 seconds, and never after its end', async () => {
    const tokens = tokensOf();
    expect((await tokens.verify(signToken(key, tokenClaims({ iat: nowS + 5, nbf: nowS + 5 })))).issuedAt).toBe(
      (nowS + 5) * 1000,
    );
    const ending = signToken(key, tokenClaims({ iat: nowS - 299, exp: nowS + 1 }));
    expect((await tokens.verify(ending)).caller.expiresAt).toBe((nowS + 1) * 1000);
    vi.advanceTimersByTime(599);
    expect(tokens.remembered(ending)).toBeDefined();
    vi.advanceTimersByTime(1);
    expect(tokens.remembered(ending)).toBeUndefined();
    await expect(tokens.verify(ending)).rejects.toMatchObject({
      message: 'This access token has ended: get a new one with the refresh token.',
      ...refusal('TOKEN_EXPIRED'),
    });
    vi.advanceTimersByTime(60_000);
    await expect(tokens.verify(ending)).rejects.toMatchObject(refusal('TOKEN_EXPIRED'));
  });

  it('says the millisecond in which it was issued, if it does', async () => {
    for (const issuedAt of [NOW, NOW - 1, NOW - 123, NOW - 277])
      expect((await tokensOf().verify(signToken(key, tokenClaims({ iat: issuedAt / 1000 })))).issuedAt).toBe(issuedAt);
  });

  it('is remembered as one caller by all of its letters', async () => {
    const tokens = tokensOf();
    const token = signToken(key);
    expect(tokens.remembered(token)).toBeUndefined();
    const made = await tokens.verify(token);
    expect(tokens.remembered(token)?.caller).toBe(made.caller);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const other = signToken(key, tokenClaims({ sub: 'ruth', customerId: 'ruth' })).split('.')[1]!;
    for (const changed of [`${header}.${other}.${signature}`, `${header}.${payload}.`, `${token}=`, ` ${token}`]) {
      expect(tokens.remembered(changed)).toBeUndefined();
      await expect(tokens.verify(changed)).rejects.toMatchObject(refusal());
    }
  });

  it('is not remembered any more when its key is no longer named, or names another one', async () => {
    for (const next of [[], [createTokenKey()]]) {
      const customers = createFakeCustomers(key);
      const tokens = tokensOf(customers);
      const token = signToken(key);
      await tokens.verify(token);
      customers.keys = next;
      vi.advanceTimersByTime(60_000);
      // The one that is asked now finds the old keys, and has them read anew.
      expect(tokens.remembered(token)).toBeDefined();
      await vi.waitFor(() => expect(tokens.remembered(token)).toBeUndefined());
      await expect(tokens.verify(token)).rejects.toMatchObject(refusal());
    }
  });
});

it('tells tokens from keys by their form, and access tokens from others by their type', () => {
  expect(['a.b.c', 'a.b.', signToken(key)].map(isJsonWebToken)).toEqual([true, true, true]);
  expect(['key', 'a.b', 'a.b.c.d', '.b.c', 'a b.c.d'].map(isJsonWebToken)).toEqual([false, false, false, false, false]);
  const ofType = (typ: unknown) => signToken(key, tokenClaims(), { typ });
  expect(['at+jwt', 'AT+JWT', 'application/at+jwt'].map((typ) => claimsToBeAccessToken(ofType(typ)))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['JWT', undefined, 7, ['at+jwt']].map((typ) => claimsToBeAccessToken(ofType(typ)))).toEqual(
    Array.from({ length: 4 }, () => false),
  );
  expect(claimsToBeAccessToken('a.b.c')).toBe(false);
});
