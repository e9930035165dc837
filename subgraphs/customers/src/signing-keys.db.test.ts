import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest } from '@kontor/testkit/src/callers.ts';
import { decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSigning } from './commands/signing/signing.ts';
import { keepSigning } from './commands/signing/upkeep.ts';
import { createAccessTokens } from './sealing/access-tokens.ts';
import { createSigningHarness, IDENTITY_SECRET, PASSWORD, type SigningHarness } from './testing/signing-harness.ts';

let harness: SigningHarness;
/** A process that remembers no key of the test before. */
let app: Service;
beforeAll(async () => (harness = await createSigningHarness()));
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.db.sql`delete from customers.signing_keys`;
  app = await harness.start();
});

/** Signing as a process has it that starts when so much time has passed. */
const signingAt = (nowOffset: string, identitySecret: string | undefined = IDENTITY_SECRET) =>
  createSigning(harness.database.open('customers', { nowOffset }), { identitySecret });
const keys = () =>
  harness.db.sql<{ kid: string; retires_at: string | null }[]>`
    select kid, retires_at::text from customers.signing_keys order by signs_from, kid`;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const signWith = (signing: ReturnType<typeof createSigning>) =>
  signing.accessTokens.sign(signing.db.orm, { sub: 'test' });
const ROTATE = 'mutation ($input: SigningKeyRotateInput!) { signingKeyRotate(input: $input) { rotated } }';

it('makes one key without waiting when many processes start at once, which is sealed and published', async () => {
  await harness.db.sql`delete from customers.signing_keys`;
  await Promise.all(Array.from({ length: 10 }, () => signingAt('0').accessTokens.start()));
  const made = await harness.db.sql<{ sealed_key: string }[]>`select * from customers.signing_keys`;
  expect(made).toHaveLength(1);
  const [published, ...more] = await harness.signingKeys();
  expect(more).toEqual([]);
  expect(published).toEqual({
    kid: expect.any(String) as string,
    publicKey: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.any(String) as string,
      kid: published!.kid,
      alg: 'EdDSA',
      use: 'sig',
    },
  });
  expect(JSON.parse(Buffer.from(made[0]!.sealed_key.split('.')[0]!, 'base64url').toString())).toEqual({
    alg: 'dir',
    enc: 'A256GCM',
    kid: published!.kid,
  });
});

it('signs tokens whose header, issuer and audience hold, and no other ones verify', async () => {
  const { claimsOf } = harness;
  const { token } = await harness.signUp('jwt@example.com', {}, asGuest(), app);
  const [published] = await harness.signingKeys();
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: published!.kid });
  const claims = await claimsOf(token);
  expect(claims.exp! - Math.floor(claims.iat!)).toBe(300);
  await expect(claimsOf(token, 'mobile')).rejects.toMatchObject({ code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
  const [head, body, signature] = (token as string).split('.') as [string, string, string];
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = part({ ...claims, customerId: 'somebody-else' });
  const none = part({ alg: 'none', typ: 'at+jwt', kid: published!.kid });
  const { privateKey } = await generateKeyPair('EdDSA');
  const stranger = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: published!.kid })
    .sign(privateKey);
  const confused = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: published!.kid })
    .sign(Buffer.from(published!.publicKey.x!));
  for (const bad of [`${head}.${forged}.${signature}`, `${none}.${body}.`, stranger, confused])
    await expect(claimsOf(bad)).rejects.toBeInstanceOf(Error);
});

it('rotates once after 30 days when many processes do at once: the next key is known for ten minutes before it signs', async () => {
  const [first] = await keys();
  const early = signingAt('29 days 23 hours');
  await keepSigning(early);
  expect(await keys()).toHaveLength(1);
  await Promise.all(Array.from({ length: 20 }, () => signingAt('30 days 1 second').accessTokens.rotateWhenDue()));
  const [old, next, ...more] = await keys();
  expect(more).toEqual([]);
  expect(old).toEqual({ kid: first!.kid, retires_at: expect.any(String) as string });
  expect(next!.retires_at).toBeNull();
  const published = async (nowOffset: string) =>
    (await harness.signingKeys(await harness.start({ nowOffset }))).map(({ kid }) => kid);
  expect(await published('30 days 2 seconds')).toEqual([old!.kid, next!.kid]);
  expect(kidOf(await signWith(signingAt('30 days 9 minutes 50 seconds')))).toBe(old!.kid);
  expect(kidOf(await signWith(signingAt('30 days 10 minutes 10 seconds')))).toBe(next!.kid);
  // A token of the last moment lives for five minutes more; clocks differ by one at most.
  expect(await published('30 days 15 minutes')).toEqual([old!.kid, next!.kid]);
  expect(await published('30 days 16 minutes 10 seconds')).toEqual([next!.kid]);
  await keepSigning(signingAt('30 days 17 minutes'));
  expect((await keys()).map(({ kid }) => kid)).toEqual([next!.kid]);
});

it('goes on verifying tokens that are out when their key rotates before it is time', async () => {
  const { claimsOf, internal } = harness;
  const { token, refreshToken } = await harness.signUp('rotation@example.com', {}, asGuest(), app);
  expect((await internal(ROTATE, { input: { compromised: false } }, app)).signingKeyRotate).toEqual({ rotated: true });
  expect((await internal(ROTATE, { input: {} })).signingKeyRotate).toEqual({ rotated: false });
  const [old, next, ...more] = await keys();
  expect(more).toEqual([]);
  expect(kidOf(token)).toBe(old!.kid);
  await claimsOf(token);
  const later = await harness.start({ nowOffset: '11 minutes' });
  const refreshed = await harness.refresh(refreshToken, asGuest(), later);
  expect(kidOf(refreshed.token)).toBe(next!.kid);
});

it('refuses all tokens of keys that are compromised, at once, and sessions go on with the new key', async () => {
  const { claimsOf, internal } = harness;
  const { token, refreshToken } = await harness.signUp('compromised@example.com', {}, asGuest(), app);
  const both = await Promise.all(
    [1, 2].map(
      async () => (await internal(ROTATE, { input: { compromised: true } }, app)).signingKeyRotate.rotated as boolean,
    ),
  );
  expect(both).toContain(true);
  expect(await keys()).toHaveLength(1);
  await expect(claimsOf(token)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  const refreshed = await harness.refresh(refreshToken, asGuest(), app);
  expect((await claimsOf(refreshed.token)).role).toBe('customer');
});

it('asks for the key that signs at most once a minute', async () => {
  const asked: string[] = [];
  const db = harness.database.open('customers', { onQuery: (query) => void asked.push(query) });
  const clock = { ms: 0 };
  const tokens = createAccessTokens(db, createSigning(db, { identitySecret: IDENTITY_SECRET }).sealing, () => clock.ms);
  const reads = () => asked.filter((query) => query.includes('signing_keys')).length;
  for (const [ms, expected] of [
    [0, 1],
    [59_000, 1],
    [60_001, 2],
    [60_002, 2],
  ] as const) {
    clock.ms = ms;
    await tokens.sign(db.orm, {});
    expect(reads()).toBe(expected);
  }
});

it('does not start with another secret than the keys were sealed with, and says so', async () => {
  const message = /sealed with another secret: set IDENTITY_SECRET to the one of the first start/;
  await expect(signingAt('0', 'quite another secret of identity').accessTokens.start()).rejects.toThrow(message);
  await expect(harness.start({}, { identitySecret: undefined })).rejects.toThrow(message);
  expect((await harness.signUp('still@example.com')).__typename).toBe('SignedIn');
});

it('keeps a secret of its own for all processes where the environment gives none', async () => {
  await harness.db.sql`delete from customers.signing_keys`;
  const [one, other] = await Promise.all([
    harness.start({}, { identitySecret: undefined }),
    harness.start({}, { identitySecret: undefined }),
  ]);
  const { refreshToken } = await harness.signUp('no-secret@example.com', { password: PASSWORD }, asGuest(), one);
  expect((await harness.refresh(refreshToken, asGuest(), other)).__typename).toBe('SessionRefreshed');
  expect(await harness.db.sql`select 1 from customers.secrets where name = 'sealing'`).toHaveLength(1);
});
