import { randomUUID } from 'node:crypto';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { asCustomer, asGuest, asStaff, callAs } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changePassword, findPasswordHash } from './data/signing/passwords.ts';
import {
  createSigningHarness,
  PASSWORD,
  SIGN_IN,
  SIGN_OUT,
  SIGN_UP,
  WRONG,
  type SigningHarness,
} from './testing/signing-harness.ts';

let harness: SigningHarness;
beforeAll(async () => (harness = await createSigningHarness()));
afterEach(() => harness.stopOthers());
afterAll(() => harness.stop());

const rowsOf = (table: 'customers' | 'passwords' | 'sessions' | 'identities', customerId: string) =>
  harness.db.sql`select * from ${harness.db.sql(`customers.${table}`)} where customer_id = ${customerId}`;
const ownersOf = (email: string) =>
  harness.db.sql<{ id: string }[]>`select customer_id as id from customers.identities where value = ${email}`;
const from = (clientAddress: string, call = asGuest()) => ({ ...call, clientAddress });

describe('signUp', () => {
  it('makes a profile with a session in the caller’s channel, and asks the address to be confirmed', async () => {
    const { heard, publicly, claimsOf, callerOf, mailTo } = harness;
    const signedIn = await harness.signUp(' New@Example.com ', { givenName: 'Ada', familyName: 'Lovelace' });
    const { customer, token } = signedIn;
    expect(customer).toMatchObject({ email: 'new@example.com', givenName: 'Ada', familyName: 'Lovelace' });
    expect(await claimsOf(token)).toEqual({
      iss: 'kontor',
      aud: 'kontor:web',
      sub: customer.id,
      sid: expect.any(String) as string,
      iat: expect.any(Number) as number,
      exp: Date.parse(signedIn.expiresAt) / 1000,
      role: 'customer',
      scopes: [],
      customerId: customer.id,
    });
    await eventually(() => expect(heard.filter(({ key }) => key === customer.id)).toHaveLength(1));
    const me = await publicly('{ me { id email } }', {}, await callerOf(token));
    expect(me.data.me).toEqual({ id: customer.id, email: 'new@example.com' });
    expect(await mailTo('new@example.com')).toMatchObject({ subject: 'Please confirm your email address' });
    expect((await rowsOf('identities', customer.id))[0]).toMatchObject({ verified_at: null });
  });

  it('makes one profile, one password and one session when many sign up with one address at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => harness.signUp('race@example.com')));
    const [winner, ...more] = answers.filter(({ __typename }) => __typename === 'SignedIn');
    expect(more).toEqual([]);
    expect(answers.filter(({ __typename }) => __typename === 'VerificationSent')).toHaveLength(7);
    expect(await ownersOf('race@example.com')).toEqual([{ id: winner.customer.id }]);
    for (const table of ['passwords', 'sessions'] as const)
      expect(await rowsOf(table, winner.customer.id)).toHaveLength(1);
  });

  it('hands the profile that a checkout made to nobody who types its address, and changes nothing', async () => {
    const { customerId } = await harness.ensure('guest@example.com');
    const before = await rowsOf('customers', customerId!);
    expect(await harness.signUp('Guest@example.com', { givenName: 'Mallory' })).toEqual({
      __typename: 'VerificationSent',
    });
    expect(await harness.signIn('guest@example.com')).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await rowsOf('customers', customerId!)).toEqual(before);
    for (const table of ['passwords', 'sessions'] as const) expect(await rowsOf(table, customerId!)).toEqual([]);
  });

  it('is not given to a checkout that names its address without signing in, until the address is verified', async () => {
    const { customer } = await harness.signUp('later@example.com');
    const before = await rowsOf('customers', customer.id);
    expect(await harness.ensure('later@example.com')).toEqual({ customerId: null, created: false });
    expect(await rowsOf('customers', customer.id)).toEqual(before);
    await harness.verify(await harness.tokenTo('later@example.com'));
    expect(await harness.ensure('later@example.com')).toEqual({ customerId: customer.id, created: false });
  });

  it('is either an account or a profile of checkouts when both begin at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const email = `at-once-${round}@example.com`;
      const [signedUp, ensured] = await Promise.all([harness.signUp(email), harness.ensure(email)]);
      const isAccount = signedUp.__typename === 'SignedIn';
      expect(ensured.customerId === null).toBe(isAccount);
      expect(await ownersOf(email)).toHaveLength(1);
    }
  });

  it.each([
    ['email', 'INVALID_EMAIL', { email: 'no address' }],
    ['password', 'INVALID_PASSWORD', { password: 'too short' }],
    ['givenName', 'INVALID_NAME', { givenName: 'x'.repeat(101) }],
    ['familyName', 'INVALID_NAME', { familyName: 'a\nb' }],
  ])('answers InvalidInput at %s and keeps nothing', async (field, code, change) => {
    const answer = await harness.signUp('invalid@example.com', change);
    expect(answer).toMatchObject({ __typename: 'InvalidInput', code, path: ['input', field] });
    expect(await ownersOf('invalid@example.com')).toEqual([]);
  });
});

describe('signIn', () => {
  it('begins a session of its own each time, however the address and the password are written', async () => {
    const { claimsOf, signUp, signIn } = harness;
    const first = await signUp('often@example.com', { password: 'Zürich bei Nacht' });
    const second = await signIn(' OFTEN@example.com', 'Zu\u0308rich bei Nacht', asGuest('mobile'));
    expect(second).toMatchObject({ __typename: 'SignedIn', customer: first.customer });
    const mobile = await claimsOf(second.token, 'mobile');
    expect(mobile.sid).not.toBe((await claimsOf(first.token)).sid);
    expect(mobile).toMatchObject({ sub: first.customer.id, customerId: first.customer.id });
  });

  it('answers alike, after the same statements, to a wrong password, an address without a password and one without a profile', async () => {
    const { statements } = harness;
    await harness.signUp('exists@example.com');
    await harness.ensure('no-password@example.com');
    const refusals = [];
    for (const email of ['exists@example.com', 'no-password@example.com', 'nobody@example.com']) {
      statements.length = 0;
      const answer = await harness.signIn(email, WRONG);
      refusals.push([answer, statements.filter((statement) => /"passwords"|\.passwords|attempts/.test(statement))]);
    }
    expect(refusals[0]![0]).toMatchObject({
      __typename: 'InvalidCredentials',
      code: 'INVALID_CREDENTIALS',
      path: null,
    });
    expect(refusals[0]![1]).toHaveLength(2);
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
  });

  it.each([['known@example.com'], ['unknown@example.com']])(
    'checks five of many attempts with %s at once by two processes, and none until 15 minutes are over, not even the right one',
    async (email) => {
      const { start, signIn } = harness;
      if (email.startsWith('known')) await harness.signUp(email);
      const other = await start();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => signIn(email, WRONG, asGuest(), index % 2 ? other : harness.service)),
      );
      const kinds = answers.map(({ __typename }) => __typename as string);
      expect(kinds.filter((kind) => kind === 'InvalidCredentials')).toHaveLength(5);
      expect(kinds.filter((kind) => kind === 'TooManyAttempts')).toHaveLength(15);
      const soon = await start({ nowOffset: '14 minutes' });
      const refusal = await signIn(email.toUpperCase(), PASSWORD, asGuest(), soon);
      expect(refusal).toEqual({
        __typename: 'TooManyAttempts',
        code: 'TOO_MANY_ATTEMPTS',
        message: 'There were too many attempts with this address. Try again in 1 minutes.',
        path: ['input', 'email'],
        retryAfterMs: expect.any(Number) as number,
      });
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(60_000);
      const later = await signIn(email, PASSWORD, asGuest(), await start({ nowOffset: '15 minutes 1 second' }));
      expect(later.__typename).toBe(email.startsWith('known') ? 'SignedIn' : 'InvalidCredentials');
    },
  );

  it('is refused when a document holds it more than once, so that each attempt is a request', async () => {
    const twice =
      'mutation ($input: SignInInput!) { a: signIn(input: $input) { __typename } b: signIn(input: $input) { __typename } }';
    const { errors } = await harness.publicly(twice, { input: { email: 'aliases@example.com', password: WRONG } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'DOCUMENT_TOO_COMPLEX' });
  });

  it('refuses a network address after 50 attempts with any accounts, without using up those of an account', async () => {
    const guess = (index: number, address: string) =>
      harness.signIn(`guessed-${index}@example.com`, WRONG, from(address));
    const answers = await Promise.all(Array.from({ length: 51 }, (_, index) => guess(index, '192.0.2.7')));
    expect(answers.filter(({ __typename }) => __typename === 'TooManyAttempts')).toEqual([
      expect.objectContaining({ code: 'TOO_MANY_ATTEMPTS', path: null }),
    ]);
    await harness.signUp('neighbour@example.com');
    for (let index = 0; index < 6; index += 1)
      expect(await harness.signIn('neighbour@example.com', WRONG, from('192.0.2.7'))).toMatchObject({ path: null });
    expect(await harness.signIn('neighbour@example.com', PASSWORD, from('192.0.2.8'))).toMatchObject({
      __typename: 'SignedIn',
    });
    const rows = await harness.db.sql`select a::text as row from customers.attempts a`;
    expect(JSON.stringify(rows)).not.toMatch(/192\.0\.2|example\.com/);
  });

  it('counts anew after a success', async () => {
    await harness.signUp('forgetful@example.com');
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 4; index += 1) await harness.signIn('forgetful@example.com', WRONG);
      expect(await harness.signIn('forgetful@example.com')).toMatchObject({ __typename: 'SignedIn' });
    }
  });

  it('begins no session for a password that was changed while it was checked', async () => {
    const { customer } = await harness.signUp('changed@example.com');
    const hash = (await findPasswordHash(harness.db.orm, customer.id))!;
    const other = hash.replace(/.$/, (last: string) => (last === 'A' ? 'Q' : 'A'));
    // The change holds the profile; the sign-in has verified the old hash when it comes to the lock.
    const signingIn = await inTransaction(harness.db, async (tx) => {
      await tx.execute(`select 1 from customers.customers where customer_id = '${customer.id}' for update`);
      const waiting = harness.signIn('changed@example.com');
      await eventually(async () =>
        expect(
          await harness.db
            .sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update%'`,
        ).toHaveLength(1),
      );
      expect(await changePassword(tx, customer.id, { from: hash, to: other })).toBe(true);
      return () => waiting;
    });
    expect(await signingIn()).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await rowsOf('sessions', customer.id)).toHaveLength(1);
  });
});

describe('signOut', () => {
  it('leaves an access key as it is', async () => {
    const { internal, publicly } = harness;
    const { customerId } = await harness.ensure('key@example.com');
    const secret = 'an-access-key-of-a-customer';
    const register = 'mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }';
    const input = { secret, label: 'A key', role: 'customer', scopes: [], customerId };
    const { credentialId } = (await internal(register, { input })).credentialUpsert;
    const { data } = await publicly(SIGN_OUT, {}, callAs({ ...asCustomer(customerId!).caller, credentialId }));
    expect(data.signOut).toEqual({ __typename: 'NoSession', code: 'NO_SESSION' });
    // Even somebody who takes it for a session cannot end it.
    const claimed = callAs({ ...asCustomer(customerId!).caller, credentialId, expiresAt: Date.now() + 1_000 });
    expect((await publicly(SIGN_OUT, {}, claimed)).data.signOut).toEqual({ __typename: 'SignedOut', ended: false });
    const authenticate = 'query ($credential: String!) { authenticate(credential: $credential) { credentialId } }';
    expect((await internal(authenticate, { credential: secret })).authenticate).toEqual({ credentialId });
  });
});

it('is for guests and customers to begin, and for customers to end', async () => {
  const input = { email: 'policy@example.com', password: PASSWORD };
  for (const [query, call] of [
    [SIGN_UP, asStaff([])],
    [SIGN_IN, asStaff(['customers:read'])],
    [SIGN_OUT, asGuest()],
  ] as const) {
    const { data, errors } = await harness.publicly(query, query === SIGN_OUT ? {} : { input }, call);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(data ?? null).toBeNull();
  }
  expect(await ownersOf('policy@example.com')).toEqual([]);
});

it('leaves secrets and addresses in no log, no event and no error, and secrets in no table, also when something breaks', async () => {
  const { db, log, mails, heard, publicly } = harness;
  const secret = 'the-one-that-is-searched-for';
  const email = `secret-${randomUUID()}@example.com`;
  const { token, refreshToken, customer } = await harness.signUp(email, { password: secret });
  await harness.signIn(email, secret);
  const answers: unknown[] = [await harness.signIn(email, `${secret}-but-wrong`)];
  for (const input of [
    { email, password: secret, givenname: 'unknown field' },
    { email, password: [secret, secret] },
    { password: secret },
    [{ email, password: secret }, { email }],
  ])
    for (const query of [SIGN_UP, SIGN_IN]) answers.push(await publicly(query, { input }));
  answers.push(await publicly(`mutation { signIn(input: [{ email: 1, password: "${secret}" }]) { __typename } }`, {}));
  await harness.signUp('not-made-yet@example.com', { password: secret });
  const mailed = await harness.tokenTo(email);
  await harness.requestReset(email);
  const reset = await harness.tokenTo(email, /new password/);
  await db.sql`alter table customers.mails rename to mails_away`;
  try {
    const fault = await publicly(SIGN_UP, { input: { email: 'b@example.com', password: secret } });
    expect(fault.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
    expect(log.join('')).toContain('a request met a fault');
  } finally {
    await db.sql`alter table customers.mails_away rename to mails`;
  }
  const tables = await db.sql<
    { name: string }[]
  >`select table_name as name from information_schema.tables where table_schema = 'customers'`;
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) {
    const text = JSON.stringify(await db.sql`select t::text as row from ${db.sql(`customers.${name}`)} t`);
    for (const hidden of [secret, token, refreshToken, mailed, reset]) expect(text).not.toContain(hidden);
    if (name !== 'identities') expect(text).not.toContain(email);
  }
  expect(JSON.stringify(answers)).not.toContain(secret);
  expect(log.join('')).not.toContain(secret);
  expect(log.join('')).not.toMatch(/@example\.com/);
  expect(log.join('')).not.toMatch(/argon2id|rt_|ot_/);
  expect(JSON.stringify(heard)).not.toMatch(/@example\.com/);
  expect(heard.some(({ key }) => key === customer.id)).toBe(true);
  expect(mails.length).toBeGreaterThan(0);
});
