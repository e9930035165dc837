import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { insertSession } from './data/sessions.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const PASSWORD = 'Ada’s plain password';
const WRONG = 'somebody else’s guess';
const time = { ms: 1_800_000_000_000 };
const heard: DomainEvent[] = [];
const statements: string[] = [];
const log: string[] = [];
const others: Service[] = [];

async function start(options: Parameters<TestDatabase['open']>[1] = {}) {
  const { customers: identity } = await createTestIdentities(['customers']);
  const bus = createMemoryBus();
  await bus.consume('test', ['customers.customer.changed'], async (events) => void heard.push(...events));
  const opened = database.open('customers', options);
  const logger = createLogger('customers', 'trace', { write: (line) => void log.push(line) });
  const app = createApp({ db: opened, bus, identity, logger }, { now: () => new Date(time.ms) });
  await app.start();
  others.push(app);
  return { app, opened };
}

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  const { app, opened } = await start({ onQuery: (query) => void statements.push(query) });
  service = app;
  db = opened;
});
afterAll(async () => {
  for (const each of others) await each.stop();
  await database.drop();
});

const SIGNED_IN = '... on SignedIn { token expiresAt customer { id email givenName familyName } }';
const REFUSED = '... on UserError { code message path }';
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ${SIGNED_IN} ${REFUSED} } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ${SIGNED_IN} ${REFUSED} ... on TooManyAttempts { retryAfterMs } } }`;
const SIGN_OUT = 'mutation { signOut { __typename ... on SignedOut { ended } ... on UserError { code } } }';
const ENSURE = 'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId created } }';
const AUTHENTICATE =
  'query ($credential: String!) { authenticate(credential: $credential) { role subject channel scopes customerId credentialId expiresAt } }';

const publicly = (query: string, variables: Record<string, unknown>, call: Call = asGuest(), at = service) =>
  at.graph().execute<Data>({ query, variables }, call);
const internal = async (query: string, variables: Record<string, unknown>, at = service) => {
  const { data, errors } = await at.graph('/internal/graphql').execute<Data>({ query, variables }, asService());
  expect(errors).toBeUndefined();
  return data;
};
const signUp = async (email: string, more: Record<string, unknown> = {}) =>
  (await publicly(SIGN_UP, { input: { email, password: PASSWORD, ...more } })).data.signUp;
const signIn = async (email: string, password = PASSWORD, call = asGuest()) =>
  (await publicly(SIGN_IN, { input: { email, password } }, call)).data.signIn;
const ensure = async (email: string) => (await internal(ENSURE, { input: { email } })).customerEnsure;
const authenticate = async (credential: string, at = service) =>
  (await internal(AUTHENTICATE, { credential }, at)).authenticate;
const callerOf = async (token: string): Promise<Call> => {
  const { expiresAt, ...found } = await authenticate(token);
  return callAs({ ...found, expiresAt: Date.parse(expiresAt) } as Caller);
};
const rowsOf = async (table: 'customers' | 'passwords' | 'credentials', customerId: string) =>
  db.sql`select * from ${db.sql(`customers.${table}`)} where customer_id = ${customerId}`;

describe('signUp', () => {
  it('makes a profile with a session of 12 hours in the caller’s channel, and tells it once', async () => {
    const signedIn = await signUp(' New@Example.com ', { givenName: 'Ada', familyName: 'Lovelace' });
    const { customer, token } = signedIn;
    expect(customer).toMatchObject({ email: 'new@example.com', givenName: 'Ada', familyName: 'Lovelace' });
    expect(token).toMatch(/^sess_[\w-]{43}$/);
    const inTwelveHours = Date.now() + 12 * 3_600_000;
    expect(Math.abs(Date.parse(signedIn.expiresAt) - inTwelveHours)).toBeLessThan(60_000);
    expect(await authenticate(token)).toEqual({
      role: 'customer',
      subject: customer.id,
      channel: 'web',
      scopes: [],
      customerId: customer.id,
      credentialId: expect.any(String) as string,
      expiresAt: signedIn.expiresAt,
    });
    await eventually(() => expect(heard.filter(({ key }) => key === customer.id)).toHaveLength(1));
    const me = await publicly('{ me { id email } }', {}, await callerOf(token));
    expect(me.data.me).toEqual({ id: customer.id, email: 'new@example.com' });
  });

  it('makes one profile, one password and one session when many sign up with one address at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp('race@example.com')));
    const [winner, ...more] = answers.filter(({ __typename }) => __typename === 'SignedIn');
    expect(more).toEqual([]);
    expect(answers.filter(({ code }) => code === 'EMAIL_TAKEN')).toHaveLength(7);
    expect(await db.sql`select 1 from customers.customers where email = 'race@example.com'`).toHaveLength(1);
    for (const table of ['passwords', 'credentials'] as const)
      expect(await rowsOf(table, winner.customer.id)).toHaveLength(1);
  });

  it('hands the profile that a checkout made to nobody who types its address, and changes nothing', async () => {
    const { customerId } = await ensure('guest@example.com');
    const before = await rowsOf('customers', customerId);
    expect(await signUp('Guest@example.com', { givenName: 'Mallory' })).toMatchObject({
      __typename: 'InvalidInput',
      code: 'EMAIL_TAKEN',
      path: ['input', 'email'],
    });
    expect(await signIn('guest@example.com')).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await rowsOf('customers', customerId)).toEqual(before);
    for (const table of ['passwords', 'credentials'] as const) expect(await rowsOf(table, customerId)).toEqual([]);
  });

  it('is not given to a checkout that names its address without signing in', async () => {
    const { customer } = await signUp('later@example.com');
    const before = await rowsOf('customers', customer.id);
    expect(await ensure('later@example.com')).toEqual({ customerId: null, created: false });
    expect(await rowsOf('customers', customer.id)).toEqual(before);
  });

  it('is either an account or a profile of checkouts when both begin at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const email = `at-once-${round}@example.com`;
      const [signedUp, ensured] = await Promise.all([signUp(email), ensure(email)]);
      const isAccount = signedUp.__typename === 'SignedIn';
      expect(ensured.customerId === null).toBe(isAccount);
      expect(await db.sql`select 1 from customers.customers where email = ${email}`).toHaveLength(1);
    }
  });

  it.each([
    ['email', 'INVALID_EMAIL', { email: 'no address' }],
    ['password', 'INVALID_PASSWORD', { password: 'too short' }],
    ['givenName', 'INVALID_NAME', { givenName: 'x'.repeat(101) }],
    ['familyName', 'INVALID_NAME', { familyName: 'a\nb' }],
  ])('answers InvalidInput at %s and keeps nothing', async (field, code, change) => {
    const answer = await signUp('invalid@example.com', change);
    expect(answer).toMatchObject({ __typename: 'InvalidInput', code, path: ['input', field] });
    expect(await db.sql`select 1 from customers.customers where email = 'invalid@example.com'`).toEqual([]);
  });
});

describe('signIn', () => {
  it('begins a session of its own each time, however the address and the password are written', async () => {
    const first = await signUp('often@example.com', { password: 'Zürich bei Nacht' });
    const second = await signIn(' OFTEN@example.com', 'Zu\u0308rich bei Nacht', asGuest('mobile'));
    expect(second).toMatchObject({ __typename: 'SignedIn', customer: first.customer });
    expect(second.token).not.toBe(first.token);
    expect(await authenticate(first.token)).toMatchObject({ channel: 'web' });
    expect(await authenticate(second.token)).toMatchObject({ channel: 'mobile', customerId: first.customer.id });
  });

  it('answers alike, after as many statements, to a wrong password, an address without a password and one without a profile', async () => {
    await signUp('exists@example.com');
    await ensure('no-password@example.com');
    const refusals = [];
    for (const email of ['exists@example.com', 'no-password@example.com', 'nobody@example.com']) {
      statements.length = 0;
      const answer = await signIn(email, WRONG);
      refusals.push([answer, statements.filter((statement) => statement.includes('"passwords"'))]);
    }
    expect(refusals[0]![0]).toMatchObject({
      __typename: 'InvalidCredentials',
      code: 'INVALID_CREDENTIALS',
      path: null,
    });
    expect(refusals[0]![1]).toHaveLength(1);
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
  });

  it.each([['known@example.com'], ['unknown@example.com']])(
    'checks five of many attempts with %s at once, and none until 15 minutes are over, not even the right one',
    async (email) => {
      if (email.startsWith('known')) await signUp(email);
      const answers = await Promise.all(Array.from({ length: 20 }, () => signIn(email, WRONG)));
      const kinds = answers.map(({ __typename }) => __typename as string);
      expect(kinds.filter((kind) => kind === 'InvalidCredentials')).toHaveLength(5);
      expect(kinds.filter((kind) => kind === 'TooManyAttempts')).toHaveLength(15);
      time.ms += 60_000;
      expect(await signIn(email.toUpperCase())).toEqual({
        __typename: 'TooManyAttempts',
        code: 'TOO_MANY_ATTEMPTS',
        message: 'There were too many attempts with this address. Try again in 14 minutes.',
        path: ['input', 'email'],
        retryAfterMs: 14 * 60_000,
      });
      time.ms += 14 * 60_000;
      const later = await signIn(email);
      expect(later.__typename).toBe(email.startsWith('known') ? 'SignedIn' : 'InvalidCredentials');
    },
  );

  it('counts anew after a success', async () => {
    await signUp('forgetful@example.com');
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 4; index += 1) await signIn('forgetful@example.com', WRONG);
      expect(await signIn('forgetful@example.com')).toMatchObject({ __typename: 'SignedIn' });
    }
  });

  it('keeps twenty sessions of a customer, the newest, and none that has ended', async () => {
    const { customer, token } = await signUp('many@example.com');
    const tokens = [];
    for (let index = 0; index < 20; index += 1) tokens.push((await signIn('many@example.com')).token);
    expect(await rowsOf('credentials', customer.id)).toHaveLength(20);
    expect(await authenticate(token)).toBeNull();
    expect(await authenticate(tokens[0])).not.toBeNull();
    await publicly(SIGN_OUT, {}, await callerOf(tokens[5]));
    await signIn('many@example.com');
    expect(await rowsOf('credentials', customer.id)).toHaveLength(20);
    expect(await authenticate(tokens[0])).not.toBeNull();
  });

  it('begins no session for a password that was changed meanwhile', async () => {
    const { customer } = await signUp('changed@example.com');
    const session = { credentialId: newId(), customerId: customer.id, secretHash: newId(), channel: 'web' };
    expect(await insertSession(db.orm, session, '$argon2id$another')).toBeNull();
    expect(await rowsOf('credentials', customer.id)).toHaveLength(1);
  });
});

describe('a session', () => {
  it('ends after 12 hours by the clock of the database', async () => {
    const { token } = await signUp('expiry@example.com');
    const almost = await start({ nowOffset: '11 hours 59 minutes' });
    const over = await start({ nowOffset: '12 hours 1 second' });
    expect(await authenticate(token, almost.app)).not.toBeNull();
    expect(await authenticate(token, over.app)).toBeNull();
  });

  it('is ended by signing out, alone and once', async () => {
    const { token } = await signUp('leaving@example.com');
    const { token: phone } = await signIn('leaving@example.com');
    const caller = await callerOf(token);
    const signOut = async () => (await publicly(SIGN_OUT, {}, caller)).data.signOut;
    expect(await signOut()).toEqual({ __typename: 'SignedOut', ended: true });
    expect(await authenticate(token)).toBeNull();
    expect(await signOut()).toEqual({ __typename: 'SignedOut', ended: false });
    expect(await authenticate(phone)).not.toBeNull();
  });

  it('is not what an access key has: signing out leaves the key as it is', async () => {
    const { customerId } = await ensure('key@example.com');
    const secret = 'an-access-key-of-a-customer';
    const register = 'mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }';
    const input = { secret, label: 'A key', role: 'customer', scopes: [], customerId };
    const { credentialId } = (await internal(register, { input })).credentialUpsert;
    const { data } = await publicly(SIGN_OUT, {}, callAs({ ...asCustomer(customerId).caller, credentialId }));
    expect(data.signOut).toEqual({ __typename: 'NoSession', code: 'NO_SESSION' });
    // Even somebody who takes it for a session cannot end it.
    const claimed = callAs({ ...asCustomer(customerId).caller, credentialId, expiresAt: Date.now() + 1_000 });
    expect((await publicly(SIGN_OUT, {}, claimed)).data.signOut).toEqual({ __typename: 'SignedOut', ended: false });
    expect(await authenticate(secret)).toMatchObject({ credentialId, expiresAt: null });
  });
});

it('is for guests and customers to begin, and for customers to end', async () => {
  const input = { email: 'policy@example.com', password: PASSWORD };
  for (const [query, call] of [
    [SIGN_UP, asStaff([])],
    [SIGN_IN, asStaff(['customers:read'])],
    [SIGN_OUT, asGuest()],
  ] as const) {
    const { data, errors } = await publicly(query, query === SIGN_OUT ? {} : { input }, call);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(data ?? null).toBeNull();
  }
  expect(await db.sql`select 1 from customers.customers where email = 'policy@example.com'`).toEqual([]);
});

it('is refused when a document holds it more than once', async () => {
  const input = { email: 'aliases@example.com', password: WRONG };
  const twice =
    'mutation ($input: SignInInput!) { a: signIn(input: $input) { __typename } b: signIn(input: $input) { __typename } }';
  const { errors } = await publicly(twice, { input });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'DOCUMENT_TOO_COMPLEX' });
});

it('leaves a password in no table, no log and no error, also when something breaks', async () => {
  const secret = 'the-one-that-is-searched-for';
  const email = 'secret@example.com';
  const { token } = await signUp(email, { password: secret });
  await signIn(email, secret);
  const answers: unknown[] = [await signIn(email, `${secret}-but-wrong`)];
  for (const input of [
    { email, password: secret, givenname: 'unknown field' },
    { email, password: [secret, secret] },
    { password: secret },
    [{ email, password: secret }, { email }],
  ])
    for (const query of [SIGN_UP, SIGN_IN]) answers.push(await publicly(query, { input }));
  answers.push(await publicly(`mutation { signIn(input: [{ email: 1, password: "${secret}" }]) { __typename } }`, {}));
  const broken = await start({ nowOffset: 'no interval' });
  log.length = 0;
  const fault = await publicly(SIGN_UP, { input: { email: 'b@example.com', password: secret } }, asGuest(), broken.app);
  expect(fault.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
  expect(log.join('')).toContain('a request met a fault');
  expect(JSON.stringify(answers)).not.toContain(secret);
  expect(log.join('')).not.toContain(secret);
  expect(log.join('')).not.toMatch(/argon2id|b@example\.com/);

  const tables =
    await db.sql`select table_name as name from information_schema.tables where table_schema = 'customers'`;
  expect(tables.length).toBeGreaterThan(4);
  for (const { name } of tables) {
    const text = JSON.stringify(await db.sql`select t::text as row from ${db.sql(`customers.${name}`)} t`);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(token);
  }
});
