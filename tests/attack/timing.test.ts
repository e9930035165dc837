/**
 * What the time of an answer could tell of a secret (CWE-208). Clocks are noisy, so nothing here is measured and asserted: what costs time is
 * counted instead. Guesses at somebody's secret and at nobody's send the same statements and cost the same hashes, and bytes of secrets
 * are compared by `timingSafeEqual`, or not at all: what is random is found by its hash.
 *
 * `TIMING_RUNS=200 vitest run tests/attack/timing.test.ts` prints what it takes besides.
 */
import { createApp as createCustomers } from '@kontor/customers/src/app.ts';
import {
  createSigningHarness,
  IDENTITY_SECRET,
  type SigningHarness,
} from '@kontor/customers/src/testing/signing-harness.ts';
import { createApp as createOrders } from '@kontor/orders/src/app.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

/** What was done that takes time. */
const work = vi.hoisted(() => ({ hashes: 0, comparisons: 0 }));
vi.mock(import('../../subgraphs/customers/src/passwords/argon2id.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    hashPassword: (...given) => {
      work.hashes += 1;
      return real.hashPassword(...given);
    },
    verifyPassword: (...given) => {
      work.hashes += 1;
      return real.verifyPassword(...given);
    },
  };
});
vi.mock(import('node:crypto'), async (original) => {
  const real = await original();
  const timingSafeEqual: typeof real.timingSafeEqual = (...given) => {
    work.comparisons += 1;
    return real.timingSafeEqual(...given);
  };
  return { ...real, default: { ...real, timingSafeEqual }, timingSafeEqual };
});

let harness: SigningHarness;
/** Customers without what runs beside requests: all its statements are of requests. */
let quiet: Service;
const statements: string[] = [];
beforeAll(async () => {
  harness = await createSigningHarness();
  quiet = createCustomers({
    ...{ db: harness.database.open('customers', { onQuery: (query) => void statements.push(query) }) },
    ...{ bus: createMemoryBus(), identity: (await createTestIdentities(['customers'])).customers },
    ...{ logger: silentLogger, identitySecret: IDENTITY_SECRET },
  });
});
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.db.sql`delete from customers.attempts`;
});

interface Cost {
  /** Texts of statements, in order. */
  readonly statements: readonly string[];
  readonly hashes: number;
  readonly comparisons: number;
}

/** What an attempt costs, but for what a new connection asks once. @param sent where statements are noted. */
async function costOf(attempt: () => Promise<unknown>, sent: readonly string[] = statements): Promise<Cost> {
  Object.assign(work, { hashes: 0, comparisons: 0 });
  const from = sent.length;
  await attempt();
  return { ...work, statements: sent.slice(from).filter((text) => !text.includes('pg_catalog')) };
}

const signIn = (email: string) => harness.signIn(email, GUESS, asGuest(), quiet);
const REQUEST = 'mutation ($input: PasswordResetRequestInput!) { passwordResetRequest(input: $input) { __typename } }';
const requestReset = (email: string) => harness.publicly(REQUEST, { input: { email } }, asGuest(), quiet);

const EMAIL = 'somebody@example.com';
const NOBODY = 'no-account@example.com';
const GUESS = 'a guess of somebody';

describe('a guess at a password', () => {
  beforeAll(async () => {
    await harness.signUp(EMAIL);
    await harness.ensure('without-password@example.com');
  });

  it('costs the same statements and one hash for somebody, for nobody and for somebody without a password', async () => {
    const [known, unknown, without] = [
      await costOf(() => signIn(EMAIL)),
      await costOf(() => signIn(NOBODY)),
      await costOf(() => signIn('without-password@example.com')),
    ];
    expect(known).toMatchObject({ hashes: 1, comparisons: 1 });
    expect(known.statements.length).toBeGreaterThan(0);
    expect(unknown).toEqual(known);
    expect(without).toEqual(known);
  });

  it('costs the same when it is refused for being one too many', async () => {
    for (let count = 0; count < 5; count += 1) for (const email of [EMAIL, NOBODY]) await signIn(email);
    const known = await costOf(() => signIn(EMAIL));
    expect(known.hashes).toBe(0);
    expect(await costOf(() => signIn(NOBODY))).toEqual(known);
  });

  it('costs the same when somebody asks for a new password', async () => {
    const known = await costOf(() => requestReset(EMAIL));
    expect(await costOf(() => requestReset(NOBODY))).toEqual(known);
  });
});

describe('a guess at a PIN', () => {
  const staff = asStaff(['staff:write', 'devices:write', 'channels:write']);
  const done = async (name: string, input: object, selection = '') => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${selection} } }`;
    return (await harness.publicly(query, { input }, staff)).data[name];
  };
  let deviceId: string;
  beforeAll(async () => {
    const member = async (code: string, more: object = {}) =>
      (
        await done(
          'staffMemberSet',
          { code, name: code, scopes: [], ...more },
          '... on StaffMemberSet { staffMember { id } }',
        )
      ).staffMember.id as string;
    for (const [code, more] of [
      ['known', {}],
      ['gone', { active: false }],
    ] as const)
      await done('staffPinSet', { staffId: await member(code, more), pin: '592074' });
    await member('without');
    const device = { label: 'till', channel: 'pos', locationId: newId() };
    deviceId = (await done('deviceRegister', device, '... on DeviceRegistered { device { id } }')).device.id;
  });
  const guess = (staffCode: string) => () =>
    harness.publicly(
      'mutation ($input: StaffSignInInput!) { staffSignIn(input: $input) { __typename } }',
      { input: { staffCode, pin: '111222' } },
      callAs({ role: 'device', subject: deviceId, deviceId, channel: 'pos', scopes: [] }),
      quiet,
    );

  it('costs the same statements and one hash, whoever has the code, and when nobody can have it', async () => {
    const known = await costOf(guess('known'));
    expect(known).toMatchObject({ hashes: 1, comparisons: 1 });
    for (const code of ['unknown', 'without', 'gone', 'no code at all!'])
      expect(await costOf(guess(code)), code).toEqual(known);
  });
});

describe('a guess at a key', () => {
  it('is one search by its hash, whether it was ever a key, and compares nothing', async () => {
    const staff = asStaff(['keys:write', 'channels:write']);
    const create = `mutation { apiKeyCreate(input: { label: "k", role: INTEGRATION, channel: "web", scopes: [] }) {
      ... on ApiKeyCreated { key apiKey { id } } } }`;
    const made = async () =>
      (await harness.publicly(create, {}, staff)).data.apiKeyCreate as { key: string; apiKey: { id: string } };
    const [good, revoked] = [await made(), await made()];
    const revoke = 'mutation ($id: ID!) { apiKeyRevoke(input: { apiKeyId: $id }) { __typename } }';
    await harness.publicly(revoke, { id: revoked.apiKey.id }, staff);
    const show = (credential: string) => () =>
      harness.internal(
        'query ($credential: String!) { authenticate(credential: $credential) { subject } }',
        { credential },
        quiet,
      );
    const cost = await costOf(show(good.key));
    expect(cost).toMatchObject({ hashes: 0, comparisons: 0 });
    expect(cost.statements).toHaveLength(1);
    for (const secret of [revoked.key, 'a-secret-that-nobody-was-given'])
      expect(await costOf(show(secret)), secret).toEqual(cost);
    expect(JSON.stringify(cost.statements)).not.toContain(good.key);
  });
});

describe('a guess at a token from a mail', () => {
  const guess = (name: string, input: object) => () => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    return harness.publicly(
      `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`,
      { input },
      asGuest(),
      quiet,
    );
  };
  const newPassword = 'another plain password';
  /** With the id of one that is good, and something else behind it. */
  const forged = (token: string) => `${token.slice(0, -8)}AAAAAAAA`;

  it('costs no statement about it and no hash, however much of it is right', async () => {
    await harness.signUp('mailed@example.com');
    await harness.requestReset('mailed@example.com');
    const token = await harness.tokenTo('mailed@example.com', /password/i);
    const wrong = await costOf(guess('passwordReset', { token: forged(token), newPassword }));
    expect(wrong).toMatchObject({ hashes: 0, comparisons: 1 });
    expect(wrong.statements.filter((text) => text.includes('one_time_tokens'))).toEqual([]);
    const other = `ot_${Buffer.alloc(48, 7).toString('base64url')}`;
    expect(await costOf(guess('passwordReset', { token: other, newPassword }))).toEqual(wrong);
  });

  it('costs the same for a session that is there and one that is not, when it is a token to refresh one', async () => {
    const { refreshToken } = await harness.signIn('mailed@example.com');
    const wrong = await costOf(guess('sessionRefresh', { refreshToken: forged(refreshToken) }));
    expect(wrong).toMatchObject({ hashes: 0, comparisons: 1 });
    expect(wrong.statements.filter((text) => text.includes('customers.sessions'))).toEqual([]);
    const other = `rt_${Buffer.alloc(52, 7).toString('base64url')}`;
    expect(await costOf(guess('sessionRefresh', { refreshToken: other }))).toEqual(wrong);
  });
});

describe('a guess at the token of a cart', () => {
  let database: TestDatabase;
  let orders: Service;
  const sent: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase(['orders']);
    const nobody: GraphClient = {
      execute: () => Promise.reject(new Error('nobody is asked here')),
      subscribe: () => {
        throw new Error('nobody is asked here');
      },
    };
    const { orders: identity } = await createTestIdentities(['orders']);
    orders = createOrders({
      ...{ db: database.open('orders', { onQuery: (query) => void sent.push(query) }), bus: createMemoryBus() },
      ...{ identity, logger: silentLogger, payments: {} as never },
      peers: { products: nobody, prices: nobody, stock: nobody, customers: nobody },
    });
    const sql = database.open('orders').sql;
    await sql`insert into orders.channel_projections (code, revision, currencies, countries) values ('web', 1, '{EUR}', '{DE}')`;
  });
  afterAll(async () => {
    await orders.stop();
    await database.drop();
  });
  const run = async (query: string, variables: object) =>
    (await orders.graph().execute<Record<string, never>>({ query, variables: variables as never }, asGuest())) as never;

  it('costs the same statements for a cart that is there and one that is not, and is compared by its hash', async () => {
    const made = await run('mutation { cartCreate(input: {}) { token cart { id } } }', {});
    const { token, cart } = (made as { data: { cartCreate: { token: string; cart: { id: string } } } }).data.cartCreate;
    const show = (id: string, shown: string) => () =>
      run('query ($id: ID!, $token: String) { cart(id: $id, token: $token) { id } }', { id, token: shown });
    const wrong = await costOf(show(cart.id, `${token.slice(0, -1)}_`), sent);
    expect(wrong.statements).toHaveLength(1);
    expect(wrong).toMatchObject({ hashes: 0 });
    expect(wrong.comparisons).toBeGreaterThan(0);
    const early = await costOf(show(cart.id, `_${token.slice(1)}`), sent);
    expect(early).toEqual(wrong);
    const none = await costOf(show(newId(), token), sent);
    expect(none.statements).toEqual(wrong.statements);
  });
});

const RUNS = Number(process.env['TIMING_RUNS'] ?? 0);
if (RUNS > 0)
  it('prints how long guesses at a password take', { timeout: 600_000 }, async () => {
    const times: Record<string, number[]> = { [EMAIL]: [], [NOBODY]: [] };
    for (let run = 0; run < RUNS; run += 1)
      for (const email of run % 2 === 0 ? [EMAIL, NOBODY] : [NOBODY, EMAIL]) {
        await harness.db.sql`delete from customers.attempts`;
        const begin = performance.now();
        await signIn(email);
        times[email]!.push(performance.now() - begin);
      }
    for (const [email, all] of Object.entries(times)) {
      all.sort((a, b) => a - b);
      const at = (share: number) => all[Math.floor(share * (all.length - 1))]!.toFixed(2);
      process.stdout.write(`${email}: p10 ${at(0.1)} ms, median ${at(0.5)} ms, p90 ${at(0.9)} ms of ${RUNS}\n`);
    }
  });
