import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { readOidcIssuers, type OidcIssuerInput } from './oidc/oidc-issuers.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const AUDIENCE = 'kontor-shop';
const started: Service[] = [];
const heard: DomainEvent[] = [];
const log: string[] = [];

/** An issuer of this machine: its discovery document and its keys over HTTP. */
interface Issuer {
  readonly url: string;
  readonly server: Server;
  readonly asked: string[];
  /** Makes a key that signs from now on; the ones before are published no more. */
  rotate(kid: string, algorithm?: string): Promise<void>;
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** Answers a path otherwise; null for as usual. */
  answer: ((path: string) => { status: number; body: string } | null) | null;
}

async function startIssuer(): Promise<Issuer> {
  let signing: { kid: string; alg: string; key: CryptoKey };
  let keys: JWK[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
      '/keys': { keys },
    };
    const { status, body } = issuer.answer?.(path) ?? { status: 200, body: JSON.stringify(documents[path] ?? {}) };
    response.writeHead(status, { 'content-type': 'application/json', location: 'http://127.0.0.1:1/' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    asked,
    answer: null,
    async rotate(kid, alg = 'RS256') {
      const pair = await generateKeyPair(alg, { extractable: true });
      signing = { kid, alg, key: pair.privateKey };
      keys = [{ ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' }];
    },
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: signing.alg, kid: signing.kid, typ: 'JWT', ...header })
        .sign(signing.key),
  };
  await issuer.rotate('first');
  return issuer;
}

let issuer: Issuer;
const nowS = () => Math.floor(Date.now() / 1000);
let people = 0;
const claimsOf = (claims: Record<string, unknown> = {}) => ({
  iss: issuer.url,
  aud: AUDIENCE,
  sub: `person-${(people += 1)}`,
  iat: nowS(),
  exp: nowS() + 300,
  jti: newId(),
  ...claims,
});
const tokenOf = (claims: Record<string, unknown> = {}, header?: Record<string, unknown>) =>
  issuer.sign(claimsOf(claims), header);

async function start(
  configured: readonly Partial<OidcIssuerInput>[],
  oidcKeys = { keyCooldownMs: 0, failureRememberedMs: 0 },
) {
  const { customers: identity } = await createTestIdentities(['customers']);
  const opened = database.open('customers');
  const bus = createMemoryBus();
  await bus.consume(
    'test',
    ['customers.customer.changed', 'customers.identity.verified'],
    async (events) => void heard.push(...events),
  );
  const oidcIssuers = readOidcIssuers(
    configured.map((each) => ({
      issuer: issuer.url,
      audience: AUDIENCE,
      channels: ['web'],
      role: 'customer',
      ...each,
    })),
  );
  const logger = createLogger('customers', 'trace', { write: (line) => void log.push(line) });
  const app = createApp({
    db: opened,
    bus,
    identity,
    logger,
    oidcIssuers,
    oidcKeys,
    mail: { mailer: { send: async () => undefined } },
  });
  await app.start();
  started.push(app);
  return { app, opened };
}

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  issuer = await startIssuer();
  const { app, opened } = await start([
    {},
    { channels: ['pos'], role: 'staff' },
    { channels: ['b2b'], role: 'staff', staffClaim: 'email' },
  ]);
  service = app;
  db = opened;
});
beforeEach(() => {
  issuer.answer = null;
  heard.length = 0;
});
afterAll(async () => {
  for (const each of started) await each.stop();
  await new Promise((resolve) => issuer.server.close(resolve));
  await database.drop();
});

const SIGN_IN = `mutation ($input: SignInExternalInput!) { signInExternal(input: $input) { __typename
  ... on SignedIn { token refreshToken customer { id email givenName familyName } }
  ... on StaffSignedIn { token staff { id name } } ... on UserError { code message path } ... on Busy { retryAfterMs } } }`;
const signIn = async (idToken: string, input: Record<string, unknown> = {}, call: Call = asGuest(), at = service) => {
  const variables = { input: { issuer: issuer.url, idToken, ...input } };
  const { data, errors } = await at.graph().execute<Data>({ query: SIGN_IN, variables }, call);
  expect(errors).toBeUndefined();
  return data.signInExternal;
};
const internal = async (query: string, variables: Record<string, unknown> = {}) =>
  (await service.graph('/internal/graphql').execute<Data>({ query, variables }, asService())).data;
const ensure = async (email: string) =>
  (
    await internal('mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }', {
      input: { email },
    })
  ).customerEnsure.customerId as string;
const signUp = async (email: string) => {
  const query = `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on SignedIn { customer { id } } ... on UserError { code } } }`;
  const { data } = await service
    .graph()
    .execute<Data>({ query, variables: { input: { email, password: 'a plain password' } } }, asGuest());
  return data.signUp.customer.id as string;
};
const countOf = async (table: string) =>
  (await db.sql`select count(*)::int as n from ${db.sql(`customers.${table}`)}`)[0]!['n'] as number;
const keptNothing = async (act: () => Promise<unknown>) => {
  const tables = ['customers', 'identities', 'sessions', 'external_tokens'];
  const before = await Promise.all(tables.map(countOf));
  await act();
  expect(await Promise.all(tables.map(countOf))).toEqual(before);
};
const identitiesOf = async (customerId: string) => [
  ...(await db.sql`select kind, source, value, verified_at is not null as verified, is_primary as primary
    from customers.identities where customer_id = ${customerId} order by kind`),
];

describe('signInExternal', () => {
  it('makes a profile with the verified address and the names, and begins a session in the channel', async () => {
    const claims = claimsOf({
      email: 'Ada@Example.com',
      email_verified: true,
      given_name: ' Ada ',
      family_name: 'Lovelace',
    });
    const signedIn = await signIn(await issuer.sign(claims));
    const { customer, token } = signedIn;
    expect(signedIn).toMatchObject({
      __typename: 'SignedIn',
      customer: { email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' },
    });
    expect(decodeJwt(token)).toMatchObject({ aud: 'kontor:web', role: 'customer', customerId: customer.id });
    expect(await identitiesOf(customer.id)).toEqual([
      { kind: 'EMAIL', source: '', value: 'ada@example.com', verified: true, primary: true },
      { kind: 'EXTERNAL', source: issuer.url, value: claims.sub, verified: true, primary: false },
    ]);
    await eventually(() =>
      expect(heard.filter(({ key }) => key === customer.id).map(({ topic, payload }) => [topic, payload])).toEqual([
        ['customers.customer.changed', { customerId: customer.id, revision: 1 }],
        ['customers.identity.verified', { customerId: customer.id, kind: 'EMAIL' }],
      ]),
    );
    // The address and the names may be others by now: the subject decides.
    const again = await signIn(await tokenOf({ sub: claims.sub, email: 'other@example.com', email_verified: true }));
    expect(again.customer).toEqual(customer);
  });

  it('makes one profile when one person comes with many tokens at once, with and without the address', async () => {
    const sub = 'many-at-once';
    const tokens = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        tokenOf({ sub, ...(index % 2 ? { email: 'many@example.com', email_verified: true } : {}) }),
      ),
    );
    const answers = await Promise.all(tokens.map((token) => signIn(token)));
    expect(new Set(answers.map(({ customer }) => customer.id)).size).toBe(1);
    expect(await db.sql`select 1 from customers.identities where value = ${sub}`).toHaveLength(1);
  });

  it('accepts a token once, however many show it at once', async () => {
    const token = await tokenOf();
    const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(token)));
    expect(answers.filter(({ __typename }) => __typename === 'SignedIn')).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'TOKEN_USED')).toHaveLength(9);
    const ids =
      await db.sql`select ends_at > now() + interval '4 minutes' as lasts from customers.external_tokens order by ends_at desc limit 1`;
    expect([...ids]).toEqual([{ lasts: true }]);
  });

  it('takes a signature that is written otherwise for the same token', async () => {
    const token = await tokenOf();
    expect((await signIn(token)).__typename).toBe('SignedIn');
    // The last character of a signature of 256 bytes holds four bits that nobody reads.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const otherwise = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1]!;
    expect((await signIn(otherwise)).__typename).toBe('ExternalSignInRefused');
  });
});

describe('an address that is known', () => {
  it('links the profile that a checkout made, and tells that the address is verified', async () => {
    const customerId = await ensure('guest@example.com');
    const signedIn = await signIn(
      await tokenOf({ email: 'guest@example.com', email_verified: true, given_name: 'Mallory' }),
    );
    expect(signedIn.customer).toEqual({
      id: customerId,
      email: 'guest@example.com',
      givenName: null,
      familyName: null,
    });
    expect((await identitiesOf(customerId))[0]).toMatchObject({ kind: 'EMAIL', verified: true });
    await eventually(() =>
      expect(heard.map(({ topic, payload }) => [topic, payload])).toEqual([
        ['customers.customer.changed', { customerId, revision: 1 }],
        ['customers.customer.changed', { customerId, revision: 2 }],
        ['customers.identity.verified', { customerId, kind: 'EMAIL' }],
      ]),
    );
  });

  it('links an account with a verified address', async () => {
    const customerId = await signUp('verified@example.com');
    await db.sql`update customers.identities set verified_at = now() where customer_id = ${customerId}`;
    expect((await signIn(await tokenOf({ email: 'verified@example.com', email_verified: true }))).customer.id).toBe(
      customerId,
    );
  });

  it('never hands over an account whose address nobody has verified: the new profile has no address', async () => {
    const customerId = await signUp('squatted@example.com');
    const before = await identitiesOf(customerId);
    const signedIn = await signIn(
      await tokenOf({ email: 'squatted@example.com', email_verified: true, given_name: 'Ada' }),
    );
    expect(signedIn.customer).toMatchObject({ email: null, givenName: 'Ada' });
    expect(signedIn.customer.id).not.toBe(customerId);
    expect(await identitiesOf(customerId)).toEqual(before);
  });

  it.each([
    ['says that it is not', { email_verified: false }],
    ['says nothing of it', {}],
    ['says so in words', { email_verified: 'true' }],
  ])('is not used when the issuer %s', async (_, claims) => {
    const email = `unverified-${newId()}@example.com`;
    const customerId = await ensure(email);
    const signedIn = await signIn(await tokenOf({ email, ...claims }));
    expect(signedIn.customer).toMatchObject({ email: null });
    expect(signedIn.customer.id).not.toBe(customerId);
  });

  it('goes to one profile when a checkout names it at the same time', async () => {
    for (let round = 0; round < 8; round += 1) {
      const email = `race-${round}@example.com`;
      const token = await tokenOf({ email, email_verified: true });
      const [signedIn] = await Promise.all([signIn(token), ensure(email)]);
      expect(signedIn.__typename).toBe('SignedIn');
      const owners =
        await db.sql`select customer_id from customers.identities where kind = 'EMAIL' and value = ${email}`;
      expect(owners.map((row) => row['customer_id'] as string)).toEqual([signedIn.customer.id]);
    }
  });

  it('leads to the survivor of a merge', async () => {
    const claims = claimsOf({});
    const { customer } = await signIn(await issuer.sign(claims));
    const survivor = await ensure('survivor@example.com');
    await db.sql`update customers.customers set merged_into = ${survivor} where customer_id = ${customer.id}`;
    expect((await signIn(await tokenOf({ sub: claims.sub }))).customer).toMatchObject({ id: survivor });
  });
});

describe('a token that does not hold', () => {
  it.each<[string, () => Promise<string>]>([
    ['is of another audience', () => tokenOf({ aud: 'another-shop' })],
    ['is of several audiences and names none as its party', () => tokenOf({ aud: [AUDIENCE, 'another'] })],
    ['was made for another party', () => tokenOf({ azp: 'another' })],
    ['says another issuer', () => tokenOf({ iss: 'https://login.example.com' })],
    ['has expired', () => tokenOf({ exp: nowS() - 60 })],
    ['is too old', () => tokenOf({ iat: nowS() - 700, exp: nowS() + 3_600 })],
    ['comes from the future', () => tokenOf({ iat: nowS() + 300 })],
    ['has no end', () => tokenOf({ exp: undefined })],
    ['has no beginning', () => tokenOf({ iat: undefined })],
    ['has no subject', () => tokenOf({ sub: undefined })],
    ['has an endless subject', () => tokenOf({ sub: 'x'.repeat(256) })],
    ['has a subject that PostgreSQL cannot keep', () => tokenOf({ sub: 'a\0b' })],
    ['is an access token', () => tokenOf({}, { typ: 'at+jwt' })],
    ['is a logout token', () => tokenOf({}, { typ: 'logout+jwt' })],
    ['has a key id of nobody', () => tokenOf({}, { kid: 'nobody' })],
    ['is not signed', async () => new UnsecuredJWT(claimsOf()).encode()],
    [
      'was changed',
      async () =>
        (await tokenOf()).replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(claimsOf())).toString('base64url')}.`),
    ],
    [
      'is signed with the public key as a secret',
      async () => {
        const { keys } = (await (await fetch(`${issuer.url}/keys`)).json()) as { keys: JWK[] };
        return new SignJWT(claimsOf())
          .setProtectedHeader({ alg: 'HS256', kid: keys[0]!.kid! })
          .sign(Buffer.from(JSON.stringify(keys[0])));
      },
    ],
    [
      'is signed with a key of somebody else under the same id',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claimsOf()).setProtectedHeader({ alg: 'RS256', kid: 'first' }).sign(privateKey);
      },
    ],
    ['is no token', async () => 'no.token'],
    ['is too long', async () => 'x'.repeat(20_000)],
    ['is empty', async () => ''],
  ])('begins nothing when it %s', async (_, make) => {
    const token = await make();
    await keptNothing(async () =>
      expect(await signIn(token)).toMatchObject({
        __typename: 'ExternalSignInRefused',
        code: 'TOKEN_REFUSED',
        path: ['input', 'idToken'],
      }),
    );
  });

  it('holds for several audiences when it names us as its party', async () => {
    const signedIn = await signIn(await tokenOf({ aud: [AUDIENCE, 'another'], azp: AUDIENCE }));
    expect(signedIn.__typename).toBe('SignedIn');
  });

  it('must have the nonce that was given', async () => {
    for (const claims of [{}, { nonce: 'another' }])
      expect(await signIn(await tokenOf(claims), { nonce: 'mine' })).toMatchObject({ code: 'TOKEN_REFUSED' });
    expect(await signIn(await tokenOf({ nonce: 'mine' }), { nonce: 'mine' })).toMatchObject({ __typename: 'SignedIn' });
  });

  it('names an issuer that is configured for the channel', async () => {
    const token = await tokenOf();
    expect(await signIn(token, { issuer: 'https://login.example.com' })).toMatchObject({
      code: 'UNKNOWN_ISSUER',
      path: ['input', 'issuer'],
    });
    expect(await signIn(token, {}, asGuest('mobile'))).toMatchObject({ code: 'UNKNOWN_ISSUER' });
    expect(await signIn(token, {}, asGuest('web'))).toMatchObject({ __typename: 'SignedIn' });
  });
});

describe('the keys of an issuer', () => {
  it('are looked at again for a key that is new, also of another algorithm, and the old one is gone', async () => {
    const old = await tokenOf();
    await issuer.rotate('second', 'EdDSA');
    expect((await signIn(await tokenOf())).__typename).toBe('SignedIn');
    expect(await signIn(old)).toMatchObject({ code: 'TOKEN_REFUSED' });
    await issuer.rotate('third', 'ES512');
    expect((await signIn(await tokenOf())).message).toContain('algorithm is not allowed');
    await issuer.rotate('fourth');
  });

  it('are asked for once, however many sign in at once and whatever keys strangers name', async () => {
    const { app } = await start([{}], { keyCooldownMs: 30_000, failureRememberedMs: 5_000 });
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenOf()));
    issuer.asked.length = 0;
    for (const answer of await Promise.all(tokens.map((token) => signIn(token, {}, asGuest(), app))))
      expect(answer.__typename).toBe('SignedIn');
    for (let index = 0; index < 5; index += 1)
      expect(await signIn(await tokenOf({}, { kid: `stranger-${index}` }), {}, asGuest(), app)).toMatchObject({
        code: 'TOKEN_REFUSED',
      });
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it.each([
    ['does not answer with a document', () => ({ status: 200, body: 'no json' })],
    ['is broken', () => ({ status: 500, body: '{}' })],
    ['leads elsewhere', () => ({ status: 302, body: '' })],
    ['answers without end', () => ({ status: 200, body: `"${'x'.repeat(300_000)}"` })],
    ['has no keys', (path: string) => (path === '/keys' ? { status: 200, body: '{"keys":{}}' } : null)],
    [
      'speaks for another',
      () => ({
        status: 200,
        body: JSON.stringify({ issuer: 'https://login.example.com', jwks_uri: `${issuer.url}/keys` }),
      }),
    ],
    [
      'names keys at an address that is not asked',
      () => ({ status: 200, body: JSON.stringify({ issuer: issuer.url, jwks_uri: 'http://169.254.169.254/keys' }) }),
    ],
    [
      'names keys at a private address',
      () => ({ status: 200, body: JSON.stringify({ issuer: issuer.url, jwks_uri: 'https://10.0.0.1/keys' }) }),
    ],
  ])(
    'cannot be had when it %s: the sign-in is busy and keeps nothing, and works when the issuer is well',
    async (_, answer) => {
      const { app } = await start([{}]);
      const token = await tokenOf();
      issuer.answer = answer;
      await keptNothing(async () =>
        expect(await signIn(token, {}, asGuest(), app)).toMatchObject({ __typename: 'Busy', retryAfterMs: 5_000 }),
      );
      issuer.answer = null;
      expect((await signIn(token, {}, asGuest(), app)).__typename).toBe('SignedIn');
    },
  );

  it('are not asked for again for a moment by an issuer that is down', async () => {
    const { app } = await start([{}], { keyCooldownMs: 0, failureRememberedMs: 60_000 });
    issuer.answer = () => ({ status: 503, body: '' });
    issuer.asked.length = 0;
    for (let index = 0; index < 5; index += 1)
      expect(await signIn(await tokenOf(), {}, asGuest(), app)).toMatchObject({ __typename: 'Busy' });
    expect(issuer.asked).toHaveLength(1);
  });

  it('cannot be had from an issuer that is not there', async () => {
    const { app } = await start([{ issuer: 'http://127.0.0.1:1' }]);
    expect(await signIn(await tokenOf(), { issuer: 'http://127.0.0.1:1' }, asGuest(), app)).toMatchObject({
      __typename: 'Busy',
    });
  });
});

describe('somebody of the staff', () => {
  const admin = asStaff(['staff:write', 'channels:write', 'stock:read']);
  const SET = `mutation ($input: StaffMemberSetInput!) { staffMemberSet(input: $input) { ... on StaffMemberSet { staffMember { id version } } ... on UserError { code } } }`;
  const setMember = async (input: Record<string, unknown>) => {
    const variables = { input: { name: 'Anna', scopes: ['stock:read'], ...input } };
    return (await service.graph().execute<Data>({ query: SET, variables }, admin)).data.staffMemberSet;
  };

  it('signs in by the subject with their own scopes, and not once they are inactive', async () => {
    const external = { issuer: issuer.url, subject: 'staff-anna' };
    const { staffMember } = await setMember({ code: 'anna', external });
    const signedIn = await signIn(
      await tokenOf({ sub: 'staff-anna', scopes: ['stock:write'], scope: 'stock:write' }),
      {},
      asGuest('pos'),
    );
    expect(signedIn).toMatchObject({ __typename: 'StaffSignedIn', staff: { id: staffMember.id, name: 'Anna' } });
    expect(decodeJwt(signedIn.token)).toMatchObject({
      role: 'staff',
      staffId: staffMember.id,
      scopes: ['stock:read'],
      aud: 'kontor:pos',
    });
    expect(decodeJwt(signedIn.token)).not.toHaveProperty('locationId');
    expect((await setMember({ code: 'other', external })).code).toBe('SUBJECT_TAKEN');
    await setMember({ code: 'anna', external, active: false, expectedVersion: 1 });
    expect(await db.sql`select 1 from customers.sessions where staff_id = ${staffMember.id}`).toEqual([]);
    await keptNothing(async () =>
      expect(await signIn(await tokenOf({ sub: 'staff-anna' }), {}, asGuest('pos'))).toMatchObject({
        code: 'NOT_STAFF',
      }),
    );
  });

  it('is found by a verified address where the issuer is configured so, and makes no profile', async () => {
    await setMember({ code: 'berta', external: { issuer: issuer.url, subject: 'berta@example.com' } });
    const customers = await countOf('customers');
    const b2b = asGuest('b2b');
    expect(await signIn(await tokenOf({ email: 'Berta@example.com', email_verified: true }), {}, b2b)).toMatchObject({
      __typename: 'StaffSignedIn',
    });
    for (const claims of [
      { email: 'berta@example.com' },
      { sub: 'berta@example.com' },
      { email: 'nobody@example.com', email_verified: true },
    ])
      expect(await signIn(await tokenOf(claims), {}, b2b)).toMatchObject({
        __typename: 'ExternalSignInRefused',
        code: 'NOT_STAFF',
      });
    expect(await countOf('customers')).toBe(customers);
  });

  it('works at a location of theirs', async () => {
    const [here, there] = [newId(), newId()];
    const pos = asGuest('pos');
    await setMember({ code: 'clara', locationIds: [here, there], external: { issuer: issuer.url, subject: 'clara' } });
    const token = await tokenOf({ sub: 'clara' });
    expect(await signIn(token, {}, pos)).toMatchObject({
      code: 'LOCATION_REQUIRED',
      path: ['input', 'locationId'],
    });
    expect(await signIn(token, { locationId: newId() }, pos)).toMatchObject({ code: 'NOT_STAFF' });
    expect(await signIn(token, { locationId: 'here' }, pos)).toMatchObject({ code: 'INVALID_ID' });
    expect(decodeJwt((await signIn(token, { locationId: there }, pos)).token)).toMatchObject({
      locationId: there,
    });
    await setMember({ code: 'dora', locationIds: [here], external: { issuer: issuer.url, subject: 'dora' } });
    expect(decodeJwt((await signIn(await tokenOf({ sub: 'dora' }), {}, pos)).token)).toMatchObject({
      locationId: here,
    });
  });
});

it('leaves no ID token in any table or log', async () => {
  const token = await tokenOf({ email: 'searched@example.com', email_verified: true });
  await signIn(token);
  await signIn(`${token}x`);
  const [, payload, signature] = token.split('.');
  for (const part of [payload!, signature!]) {
    expect(log.join('')).not.toContain(part);
    const tables =
      await db.sql`select table_name as name from information_schema.tables where table_schema = 'customers'`;
    for (const { name } of tables)
      for (const { row } of await db.sql`select t::text as row from ${db.sql(`customers.${name}`)} t`)
        expect(row).not.toContain(part);
  }
  expect(log.join('')).not.toContain('searched@example.com');
  expect(JSON.stringify(heard)).not.toContain('searched');
});
