import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { insertCustomer } from '../data/profile/customers.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
const bus = createMemoryBus();
const statements: string[] = [];
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const writer = asStaff(['loyalty:write', 'loyalty:read', 'customers:read']);

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { onQuery: (query) => void statements.push(query) });
  const { customers: identity } = await createTestIdentities(['customers']);
  service = createApp({ db, bus, identity, logger: silentLogger });
  await service.start();
  const { data } = await publicly(RULES_SET, { input: RULES }, writer);
  expect(data.loyaltyRulesSet).toEqual({ __typename: 'LoyaltyRulesUpdated', rules: { version: 1 } });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const publicly = async (query: string, variables: object, call: Call) =>
  service.graph().execute<Data>({ query, variables: { ...variables } }, call);
const internal = async (query: string, variables: object) =>
  service.graph('/internal/graphql').execute<Data>({ query, variables: { ...variables } }, asService());

const RULES_SET = `mutation ($input: LoyaltyRulesSetInput!) { loyaltyRulesSet(input: $input) { __typename
  ... on LoyaltyRulesUpdated { rules { version } } ... on VersionConflict { currentVersion } ... on InvalidInput { path } } }`;
const RULES = {
  expiryMonths: 2,
  tiers: [
    { code: 'SILVER', name: 'Silver', threshold: 100 },
    { code: 'GOLD', name: 'Gold', threshold: 500, multiplierBasisPoints: 20_000 },
  ],
  channels: [{ channel: 'web', rates: [{ currency: 'EUR', earnPointsPer100: 100, redeemMinorUnitsPer100: 50 }] }],
};
const ADJUST = `mutation ($input: LoyaltyAdjustInput!) { loyaltyAdjust(input: $input) { __typename
  ... on LoyaltyAdjusted { customer { id loyalty { balance } } } ... on TooFewPoints { code availablePoints } ... on NotFound { code } } }`;
const LOYALTY = `loyalty { balance held available pending debt tier { code name } nextTier { code missingPoints }
  redeemableAmount(currency: "EUR") { minorUnits currency } elsewhere: redeemableAmount(currency: "EUR", channel: "pos") { minorUnits }
  expiring(withinDays: 90) { points } entries(first: 2) { edges { node { kind points orderId note } } pageInfo { hasNextPage endCursor } } }`;

async function newCustomer(): Promise<string> {
  const id = newId();
  const person = { email: `${id}@example.com`, givenName: null, familyName: null, phone: null, companyId: null };
  await db.orm.transaction((tx) => insertCustomer(tx, id, person));
  return id;
}
const adjust = async (customerId: string, points: number, call = writer) =>
  publicly(ADJUST, { input: { customerId, points, reason: 'A gesture', idempotencyKey: newId() } }, call);
const place = (customerId: string, minorUnits: number, orderId = newId()) =>
  bus.publish([
    {
      eventId: newId(),
      topic: 'orders.order.placed',
      key: orderId,
      occurredAt: new Date().toISOString(),
      payload: {
        orderId,
        customerId,
        channel: 'web',
        total: { minorUnits, currency: 'EUR' },
        placedAt: new Date().toISOString(),
      },
    },
  ]);
const seen = async (id: string, call: Call, fields = LOYALTY) => {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { ${fields} } } }`;
  return publicly(query, { of: [{ __typename: 'Customer', id }] }, call);
};

describe('the loyalty of a customer', () => {
  it('is all there for the person, with pages of lines, and without what staff wrote', async () => {
    const id = await newCustomer();
    await adjust(id, 20);
    const orderId = newId();
    await place(id, 20_000, orderId);
    await adjust(id, -10);
    const { data, errors } = await publicly(`{ me { ${LOYALTY} } }`, {}, asCustomer(id));
    expect(errors).toBeUndefined();
    expect(data.me.loyalty).toEqual({
      balance: 210,
      held: 0,
      available: 210,
      pending: 0,
      debt: 0,
      tier: { code: 'SILVER', name: 'Silver' },
      nextTier: { code: 'GOLD', missingPoints: 300 },
      redeemableAmount: { minorUnits: 105, currency: 'EUR' },
      elsewhere: null,
      expiring: [{ points: 10 }, { points: 200 }],
      entries: {
        edges: [
          { node: { kind: 'ADJUST', points: -10, orderId: null, note: null } },
          { node: { kind: 'EARN', points: 200, orderId, note: null } },
        ],
        pageInfo: { hasNextPage: true, endCursor: expect.any(String) as string },
      },
    });
    const { endCursor } = data.me.loyalty.entries.pageInfo;
    const rest = await publicly(
      'query ($after: Cursor) { me { loyalty { entries(after: $after) { edges { node { points } } pageInfo { hasNextPage } } } } }',
      { after: endCursor },
      asCustomer(id),
    );
    expect(rest.data.me.loyalty.entries).toEqual({
      edges: [{ node: { points: 20 } }],
      pageInfo: { hasNextPage: false },
    });
  });

  it('is nothing yet for somebody who never had points', async () => {
    const id = await newCustomer();
    const { data } = await publicly(`{ me { ${LOYALTY} } }`, {}, asCustomer(id));
    expect(data.me.loyalty).toMatchObject({
      balance: 0,
      available: 0,
      tier: null,
      expiring: [],
      entries: { edges: [] },
    });
    expect(data.me.loyalty.redeemableAmount).toEqual({ minorUnits: 0, currency: 'EUR' });
  });

  it('is the survivor’s for a person whose token names an old id', async () => {
    const [id, old] = [await newCustomer(), await newCustomer()];
    await adjust(id, 20);
    await db.sql`update customers.customers set merged_into = ${id} where customer_id = ${old}`;
    const { data } = await publicly('{ me { id loyalty { available } } }', {}, asCustomer(old));
    expect(data.me).toEqual({ id, loyalty: { available: 20 } });
  });

  it('is seen by staff as far as their scopes go, and by nobody else', async () => {
    const id = await newCustomer();
    await adjust(id, 20);
    const whole = await seen(id, asStaff(['customers:read', 'loyalty:read']));
    expect(whole.data._entities[0].loyalty).toMatchObject({
      balance: 20,
      available: 20,
      entries: { edges: [{ node: { note: 'A gesture' } }] },
    });
    const part = await seen(id, asStaff(['customers:read', 'customers:lookup']));
    expect(part.errors).toBeUndefined();
    expect(part.data._entities[0].loyalty).toEqual({
      balance: 20,
      held: null,
      available: null,
      pending: null,
      debt: null,
      tier: null,
      nextTier: null,
      redeemableAmount: null,
      elsewhere: null,
      expiring: null,
      entries: null,
    });
    expect((await seen(id, asStaff(['customers:read']))).data._entities[0]).toEqual({ loyalty: null });
    for (const call of [asGuest(), asCustomer(await newCustomer()), asStaff(['loyalty:read'])])
      expect((await seen(id, call)).data._entities[0]?.loyalty ?? null).toBeNull();
  });

  it('takes as many statements for many people as for one', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, newCustomer));
    for (const id of ids) await adjust(id, 20);
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { ${LOYALTY} } } }`;
    const count = async (some: readonly string[]) => {
      statements.length = 0;
      const { errors } = await publicly(query, { of: some.map((id) => ({ __typename: 'Customer', id })) }, writer);
      expect(errors).toBeUndefined();
      return statements.filter(
        (statement) => /loyalty_|ledger_entries/.test(statement) && statement.startsWith('\n    select'),
      ).length;
    };
    expect([await count(ids.slice(0, 1)), await count(ids)]).toEqual([3, 3]);
  });

  it.each([
    ['entries(first: 101) { edges { cursor } }', 'first'],
    ['entries(after: "bm8") { edges { cursor } }', 'after'],
    ['expiring(withinDays: -1) { points }', 'withinDays'],
  ])('refuses %s', async (field, path) => {
    const id = await newCustomer();
    const { errors } = await publicly(`{ me { loyalty { ${field} } } }`, {}, asCustomer(id));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: [path] });
  });
});

describe('commands of staff', () => {
  it('are refused without the scope, and change nothing', async () => {
    const id = await newCustomer();
    for (const call of [asGuest(), asCustomer(id), asStaff(['loyalty:read', 'customers:write'])]) {
      expect((await adjust(id, 5, call)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
      const { errors } = await publicly(RULES_SET, { input: { ...RULES, expectedVersion: 1 } }, call);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
    const { data } = await publicly('{ loyaltyRules { version tiers { code } } }', {}, asGuest());
    expect(data.loyaltyRules).toEqual({ version: 1, tiers: [{ code: 'SILVER' }, { code: 'GOLD' }] });
    expect((await seen(id, writer, 'loyalty { balance }')).data._entities[0].loyalty.balance).toBe(0);
  });

  it('tell who has the points, how many are free, and that there is nobody', async () => {
    const id = await newCustomer();
    expect((await adjust(id, 5)).data.loyaltyAdjust).toEqual({
      __typename: 'LoyaltyAdjusted',
      customer: { id, loyalty: { balance: 5 } },
    });
    expect((await adjust(id, -6)).data.loyaltyAdjust).toEqual({
      __typename: 'TooFewPoints',
      code: 'TOO_FEW_POINTS',
      availablePoints: 5,
    });
    expect((await adjust(newId(), 5)).data.loyaltyAdjust).toEqual({ __typename: 'NotFound', code: 'NOT_FOUND' });
    const conflict = await publicly(RULES_SET, { input: RULES }, writer);
    expect(conflict.data.loyaltyRulesSet).toEqual({ __typename: 'VersionConflict', currentVersion: 1 });
  });
});

describe('what orders asks', () => {
  const HOLD = `mutation ($input: LoyaltyHoldInput!) { loyaltyHold(input: $input) { __typename
    ... on LoyaltyHeld { points amount { minorUnits currency } } ... on InsufficientPoints { availablePoints availableAmount { minorUnits } }
    ... on HoldKeyReused { key } ... on LoyaltyUnavailable { reason } } }`;
  const END = (verb: string) => `mutation ($input: HoldsEndInput!) { ended: ${verb}(input: $input) { done status } }`;
  const hold = async (customerId: string, key: string, minorUnits: number) =>
    internal(HOLD, {
      input: { key, customerId, channel: 'web', amount: { minorUnits, currency: 'EUR' }, ttlSeconds: 60 },
    });

  it('holds, confirms, gives back and tells how it is, the same when it is asked again', async () => {
    const id = await newCustomer();
    await adjust(id, 100);
    const key = newId();
    const held = { __typename: 'LoyaltyHeld', points: 60, amount: { minorUnits: 30, currency: 'EUR' } };
    expect((await hold(id, key, 30)).data.loyaltyHold).toEqual(held);
    expect((await hold(id, newId(), 30)).data.loyaltyHold).toEqual({
      __typename: 'InsufficientPoints',
      availablePoints: 40,
      availableAmount: { minorUnits: 20 },
    });
    expect((await hold(id, key, 31)).data.loyaltyHold).toEqual({ __typename: 'HoldKeyReused', key });
    for (let time = 0; time < 2; time += 1)
      expect((await internal(END('holdsConfirm'), { input: { key } })).data.ended).toEqual({
        done: true,
        status: 'CONFIRMED',
      });
    // Its answer was lost, and orders asks again.
    expect((await hold(id, key, 30)).data.loyaltyHold).toEqual(held);
    expect((await internal(END('holdsRelease'), { input: { key } })).data.ended).toEqual({
      done: false,
      status: 'CONFIRMED',
    });
    const back = 'mutation ($input: LoyaltyReturnInput!) { loyaltyReturn(input: $input) { status points } }';
    const input = { key, amount: { minorUnits: 10, currency: 'EUR' }, reference: newId() };
    expect((await internal(back, { input })).data.loyaltyReturn).toEqual({ status: 'RETURNED', points: 20 });
    expect((await internal(back, { input })).data.loyaltyReturn).toEqual({ status: 'REPEATED', points: 20 });
    expect((await seen(id, writer, 'loyalty { balance held }')).data._entities[0].loyalty).toEqual({
      balance: 60,
      held: 0,
    });
  });

  it.each([
    ['amount', { amount: { minorUnits: 0, currency: 'EUR' } }],
    ['ttlSeconds', { ttlSeconds: 0 }],
    ['ttlSeconds', { ttlSeconds: 86_401 }],
    ['key', { key: '' }],
    ['key', { key: 'x'.repeat(201) }],
  ])('refuses a hold with a wrong %s: %j', async (field, change) => {
    const amount = { minorUnits: 1, currency: 'EUR' };
    const input = { key: newId(), customerId: newId(), channel: 'web', amount, ttlSeconds: 60, ...change };
    const { errors } = await internal(HOLD, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', field] });
  });

  it('lets a hold that is over go by itself', async () => {
    const id = await newCustomer();
    await adjust(id, 100);
    const key = newId();
    const past = database.open('customers', { nowOffset: '-1 hour' });
    await past.sql`select customers.hold_points(${key}, ${id}, 100, 'EUR', 50, 60)`;
    await eventually(async () =>
      expect((await seen(id, writer, 'loyalty { held }')).data._entities[0].loyalty.held).toBe(0),
    );
    expect((await internal(END('holdsConfirm'), { input: { key } })).data.ended).toEqual({
      done: false,
      status: 'EXPIRED',
    });
  });

  it('verifies accounts page by page, and refuses what is no cursor', async () => {
    const query = `query ($after: Cursor) { verifyAccounts(after: $after, first: 3) { accountCount differences { what } cursor } }`;
    const counts: number[] = [];
    for (let after: string | null = null; ;) {
      const { data } = await internal(query, { after });
      expect(data.verifyAccounts.differences).toEqual([]);
      counts.push(data.verifyAccounts.accountCount);
      after = data.verifyAccounts.cursor;
      if (after === null) break;
    }
    const [{ count } = { count: 0 }] = await db.sql<
      { count: number }[]
    >`select count(*)::int as count from customers.accounts`;
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(count);
    const { errors } = await internal(query, { after: 'no cursor' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
