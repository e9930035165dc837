import { run } from '@kontor/stack/src/operator.ts';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import type { System } from '../system.ts';
import { PASSWORD, refresh, signIn, signUp } from './shopping.ts';
import { hireStaff, tellAt, type Staff } from './staff.ts';

/** Edges hear of ends every five seconds, and ask for keys that they do not know every two. */
const HEARD_MS = 15_000;
/** A process remembers the key that signs for a minute. */
const COMPROMISED_MS = 75_000;
const ROTATE = `mutation ($input: SigningKeyRotateInput!) { signingKeyRotate(input: $input) { rotated } }`;
const KEYS = '{ signingKeys { kid } }';
const ACCOUNT = '{ account { id } }';
const ME = '{ me { id } }';

/** How somebody is known from outside, and how that ends. */
export function sessions(system: () => System): void {
  let staff: Staff;
  beforeAll(async () => (staff = await hireStaff(system())));

  const at = async (place: 'web' | 'router' | 'mobile', token: string) => {
    const { status, body } = await post(system().url(place), place === 'router' ? ME : ACCOUNT, {}, token);
    return { status, code: body.errors?.[0]?.extensions?.['code'] };
  };
  const WORKS = { status: 200, code: undefined };
  const REFUSED = { status: 401, code: 'UNAUTHENTICATED' };
  const expectAt = (place: 'web' | 'router', token: string, expected: object) =>
    eventually(async () => expect(await at(place, token)).toEqual(expected), HEARD_MS);
  const jwksUrl = (place: 'web' | 'router') => system().url(place).replace('/graphql', '/.well-known/jwks.json');
  const signedIn = async (email: string) => {
    const session = await signIn(system(), email);
    expect(session.__typename).toBe('SignedIn');
    return session;
  };
  const kidsOf = async () =>
    (await run<{ signingKeys: { kid: string }[] }>(system().operator, 'customers', KEYS)).signingKeys.map(
      ({ kid }) => kid,
    );
  const rotate = async (compromised: boolean) => {
    const { signingKeyRotate } = await run<{ signingKeyRotate: { rotated: boolean } }>(
      system().operator,
      'customers',
      ROTATE,
      { input: { compromised } },
    );
    expect(signingKeyRotate.rotated).toBe(true);
  };

  it('gives access tokens that anybody can verify by the keys that the edges publish', async () => {
    const account = await signUp(system(), 'verified');
    for (const place of ['web', 'router'] as const) {
      const { payload, protectedHeader } = await jwtVerify(account.token, createRemoteJWKSet(new URL(jwksUrl(place))), {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: 'kontor',
        audience: 'kontor:web',
      });
      expect(payload).toMatchObject({ sub: account.customerId, customerId: account.customerId, role: 'customer' });
      // Five minutes, from the fraction of a second at which it was issued.
      expect(Math.ceil(payload.exp! - payload.iat!)).toBe(300);
      expect(protectedHeader.alg).toBe('EdDSA');
      expect(await at(place, account.token)).toEqual(WORKS);
    }
    const { keys } = (await (await fetch(jwksUrl('web'))).json()) as { keys: Record<string, unknown>[] };
    // Public parts alone.
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('refuses a token of one channel in another, and its refresh token, too', async () => {
    const account = await signUp(system(), 'elsewhere');
    expect(await at('mobile', account.token)).toEqual({ status: 403, code: 'FORBIDDEN' });
    const { refreshToken } = account;
    const elsewhere = await tellAt(system().url('mobile'), undefined, 'sessionRefresh', { refreshToken });
    expect(elsewhere).toMatchObject({ __typename: 'SessionEnded', code: 'SESSION_ENDED' });
    // Nothing was used up by it.
    expect((await refresh(system(), refreshToken)).__typename).toBe('SessionRefreshed');
  });

  it('ends a session whose old refresh token comes back, and refuses its access tokens at every edge', async () => {
    const { refreshToken: first, email } = await signUp(system(), 'stolen');
    const other = await signedIn(email);
    const second = await refresh(system(), first);
    expect(second.__typename).toBe('SessionRefreshed');
    const third = await refresh(system(), second.refreshToken);
    expect(third.__typename).toBe('SessionRefreshed');
    for (const place of ['web', 'router'] as const) expect(await at(place, third.token)).toEqual(WORKS);

    expect(await refresh(system(), first)).toMatchObject({ __typename: 'SessionEnded', code: 'SESSION_ENDED' });
    for (const place of ['router', 'web'] as const)
      for (const token of [third.token, second.token]) await expectAt(place, token, REFUSED);
    expect(await refresh(system(), third.refreshToken)).toMatchObject({ code: 'SESSION_ENDED' });
    // Another session of the same person goes on.
    expect(await at('web', other.token)).toEqual(WORKS);
  });

  it('gives one successor to a refresh token that is exchanged 10 times at once', async () => {
    const { refreshToken } = await signUp(system(), 'twice');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(system(), refreshToken)));
    expect([...new Set(answers.map(({ __typename }) => __typename))]).toEqual(['SessionRefreshed']);
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    expect(new Set(answers.map(({ token }) => decodeJwt(token)['sid'])).size).toBe(1);
  });

  it('ends all sessions of somebody who signs out everywhere', async () => {
    const first = await signUp(system(), 'everywhere');
    const others = [await signedIn(first.email), await signedIn(first.email)];
    for (const { token } of others) expect(await at('router', token)).toEqual(WORKS);
    const { signOutEverywhere } = await ask<{ signOutEverywhere: { ended: number } }>(
      system().url('web'),
      'mutation { signOutEverywhere { ended } }',
      {},
      first.token,
    );
    expect(signOutEverywhere.ended).toBe(3);
    for (const { token, refreshToken } of [first, ...others]) {
      for (const place of ['web', 'router'] as const) await expectAt(place, token, REFUSED);
      expect(await refresh(system(), refreshToken)).toMatchObject({ code: 'SESSION_ENDED' });
    }
    expect((await signIn(system(), first.email, `not ${PASSWORD}`)).code).toBe('INVALID_CREDENTIALS');
    expect(await at('web', (await signedIn(first.email)).token)).toEqual(WORKS);
  });

  it('takes an API key until it is revoked, and its holder for no more than it was given', async () => {
    const created = await staff.change<{ apiKey: { id: string }; key: string }>(
      'apiKeyCreate',
      { label: 'Statistics', role: 'INTEGRATION', channel: 'web', scopes: ['customers:read'] },
      '... on ApiKeyCreated { apiKey { id } key }',
    );
    const router = system().url('router');
    const read = async () => {
      const { status, body } = await post(router, '{ customers(first: 1) { edges { node { id } } } }', {}, created.key);
      return { status, code: body.errors?.[0]?.extensions?.['code'] };
    };
    expect(await read()).toEqual(WORKS);
    const beyond = await post(router, '{ auditVerify { ok } }', {}, created.key);
    expect(beyond.body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['FORBIDDEN']);
    const { token } = await signUp(system(), 'beside');
    await staff.change('apiKeyRevoke', { apiKeyId: created.apiKey.id });
    // Keys are remembered for 30 seconds, but where tokens are checked, too, their ends are heard of before.
    await eventually(async () => {
      expect(await at('router', token)).toEqual(WORKS);
      expect(await read()).toEqual(REFUSED);
    }, HEARD_MS);
  });

  it('goes on with tokens that are out when the key that signs is rotated, and refuses them when it is compromised', async () => {
    const account = await signUp(system(), 'rotated');
    const { kid } = decodeProtectedHeader(account.token);
    expect(await kidsOf()).toContain(kid);
    await rotate(false);
    // The next key is known before it signs; the old one goes on.
    await eventually(async () => {
      const keys = await kidsOf();
      expect(keys).toContain(kid);
      expect(keys.length).toBeGreaterThan(1);
    });
    for (const place of ['web', 'router'] as const) expect(await at(place, account.token)).toEqual(WORKS);
    const next = await refresh(system(), account.refreshToken);
    expect(await at('router', next.token)).toEqual(WORKS);

    await rotate(true);
    await eventually(async () => expect(await kidsOf()).not.toContain(kid));
    // Edges keep what they know of keys for a minute, unless they meet a token of a key that is new to them.
    const newer = await eventually(async () => {
      const session = await refresh(system(), next.refreshToken);
      expect(decodeProtectedHeader(session.token).kid).not.toBe(kid);
      return session;
    }, COMPROMISED_MS);
    for (const place of ['web', 'router'] as const) {
      await expectAt(place, newer.token, WORKS);
      for (const { token } of [account, next]) await expectAt(place, token, REFUSED);
    }
  });
}
