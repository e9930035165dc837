import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { DomainEvent, EventBus } from '@kontor/kit/src/events/event.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asCustomer, asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateBatch, evaluateSegments } from './commands/profile/evaluate-segments.ts';
import { consumeOrders } from './consumers/orders-order-placed.ts';
import { groupCodesOf } from './data/profile/groups.ts';
import { lockCustomers } from './data/profile/locked-customers.ts';
import { findStatistics, rebuildStatistics } from './data/profile/statistics.ts';
import { createSigningHarness, type Data, type SigningHarness } from './testing/signing-harness.ts';

let harness: SigningHarness;
let bus: EventBus;
/** A pool of its own, whose time is 40 days ahead. */
let later: Database;

beforeAll(async () => {
  harness = await createSigningHarness();
  bus = createMemoryBus();
  await consumeOrders(bus, harness.db);
  later = harness.database.open('customers', { nowOffset: '40 days' });
});
afterAll(() => harness.stop());

const staff = asStaff(['customers:read', 'customers:write']);
const ask = async (query: string, variables: Record<string, unknown>, call: Call = staff): Promise<Data> => {
  const { data, errors } = await harness.publicly(query, variables, call);
  expect(errors).toBeUndefined();
  return data;
};
const run = async (field: string, input: Record<string, unknown>, selection = '', call: Call = staff) => {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${field}(input: $input) { __typename ${selection} ... on UserError { code path } } }`;
  return (await ask(query, { input }, call))[field];
};
const SEGMENT =
  '... on SegmentSaved { segment { code version isActive match conditions { orderedWithinDays inGroup } } } ... on VersionConflict { currentVersion }';
const setSegment = (code: string, conditions: Record<string, unknown>[], more: Record<string, unknown> = {}) =>
  run('segmentSet', { code, name: `Segment ${code}`, rule: { match: 'ALL', conditions }, ...more }, SEGMENT);
const RESULTS = '... on CustomerGroupMembersChanged { results { customerId status } }';
const members = (group: string, change: Record<string, unknown>) =>
  run('customerGroupMembersSet', { group, ...change }, RESULTS);
let count = 0;
const person = async () => (await harness.ensure(`member-${(count += 1)}@example.com`)).customerId!;
const codesOf = async (id: string) => (await groupCodesOf(harness.db.orm, [id])).get(id);
const codesBecome = (id: string, codes: string[]) =>
  eventually(async () => {
    await evaluateSegments(harness.db);
    expect(await codesOf(id)).toEqual(codes);
  });
const changesOf = async (id: string) =>
  (
    await harness.db.sql<{ change: string }[]>`
      select split_part(topic, '.', 3) || ' ' || (payload->>'segment') as change from customers.outbox
      where key = ${id} and topic like 'customers.segment.%' order by seq`
  ).map(({ change }) => change);

const event = (topic: string, payload: unknown): DomainEvent => ({
  eventId: newId(),
  topic,
  key: newId(),
  occurredAt: new Date().toISOString(),
  payload,
});
const placed = (customerId: string | null, more: Record<string, unknown> = {}) =>
  event('orders.order.placed', {
    orderId: newId(),
    number: 'K-1',
    channel: 'web',
    customerId,
    companyId: null,
    total: { minorUnits: 5_000, currency: 'EUR' },
    lines: [],
    placedAt: new Date().toISOString(),
    ...more,
  });
const cancelled = ({ payload }: DomainEvent) => event('orders.order.cancelled', payload);
const statisticsOf = async (id: string) =>
  (await findStatistics(harness.db.orm, [id])).map(({ channel, currency, orders, spentMinor, lastOrderAt }) => ({
    channel,
    currency,
    orders,
    spentMinor,
    lastOrderAt: lastOrderAt && new Date(lastOrderAt).toISOString(),
  }));

describe('groups', () => {
  it('are made once, renamed at the version that was read, and share their codes with segments', async () => {
    const set = (input: Record<string, unknown>) =>
      run(
        'customerGroupSet',
        input,
        '... on CustomerGroupSaved { group { code name version } } ... on VersionConflict { currentVersion }',
      );
    const made = await Promise.all([1, 2].map(() => set({ code: 'press', name: 'Press' })));
    expect(made.map(({ __typename }) => __typename).sort()).toEqual(['CustomerGroupSaved', 'VersionConflict']);
    expect((await set({ code: 'press', name: 'The press', expectedVersion: 1 })).group).toEqual({
      code: 'press',
      name: 'The press',
      version: 2,
    });
    expect(await set({ code: 'press', name: 'No', expectedVersion: 1 })).toMatchObject({ currentVersion: 2 });
    expect(await set({ code: 'nobody', name: 'No', expectedVersion: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await set({ code: 'The Press', name: 'No' })).toMatchObject({ code: 'INVALID_CODE' });
    expect(await setSegment('press', [{ country: 'DE' }])).toMatchObject({ code: 'CODE_TAKEN' });
    expect((await ask('{ customerGroups { code } }', {})).customerGroups).toEqual([{ code: 'press' }]);
  });

  it('take and lose members each for itself, repeat harmlessly, and end access tokens that say otherwise', async () => {
    const { customer, token } = await harness.signUp('grouped@example.com');
    const [other, absorbed] = [await person(), await person()];
    await harness.db.sql`update customers.customers set merged_into = ${other} where customer_id = ${absorbed}`;
    const nobody = newId();
    const add = [customer.id, absorbed, nobody, 'no id'];
    const answer = await members('press', { add });
    expect(answer.results).toEqual([
      { customerId: customer.id, status: 'ADDED' },
      { customerId: absorbed, status: 'ADDED' },
      { customerId: nobody, status: 'NOT_FOUND' },
      { customerId: 'no id', status: 'NOT_FOUND' },
    ]);
    const { sid } = await harness.claimsOf(token);
    const [row] = await harness.db
      .sql`select count(*)::int as count from customers.revocations where credential_id = ${sid as string}`;
    expect(row!.count).toBe(1);
    expect(await groupCodesOf(harness.db.orm, [customer.id, other, absorbed, nobody])).toEqual(
      new Map([
        [customer.id, ['press']],
        [other, ['press']],
        [absorbed, ['press']],
        [nobody, []],
      ]),
    );
    const again = await members('press', { add: [customer.id], remove: [other, absorbed] });
    expect(again.results.map(({ status }: Data) => status)).toEqual(['UNCHANGED', 'REMOVED', 'UNCHANGED']);
    expect(await codesOf(other)).toEqual([]);
    expect(await members('press', { add: [other], remove: [other] })).toMatchObject({ code: 'DUPLICATE_MEMBER' });
    expect(await members('nothing', { add: [other] })).toMatchObject({ code: 'NOT_FOUND' });
    const many = Array.from({ length: 1_001 }, () => newId());
    expect(await members('press', { add: many })).toMatchObject({ code: 'TOO_MANY_MEMBERS' });
    const page = await ask('{ customers(group: "press") { edges { node { id groups { code name } } } } }', {});
    expect(page.customers.edges).toEqual([
      { node: { id: customer.id, groups: [{ code: 'press', name: 'The press' }] } },
    ]);
  });

  it('are 20 of one person, whoever adds at once', async () => {
    const id = await person();
    for (let index = 0; index < 22; index += 1) await run('customerGroupSet', { code: `many-${index}`, name: 'Many' });
    const answers = await Promise.all(
      Array.from({ length: 22 }, (_, index) => members(`many-${index}`, { add: [id] })),
    );
    const statuses = answers.map(({ results }) => results[0].status);
    expect(statuses.filter((status) => status === 'ADDED')).toHaveLength(20);
    expect(statuses.filter((status) => status === 'TOO_MANY_GROUPS')).toHaveLength(2);
    expect(await codesOf(id)).toHaveLength(20);
  });

  it('are for staff with the scope alone', async () => {
    const query = 'mutation { customerGroupMembersSet(input: { group: "press", add: [] }) { __typename } }';
    for (const call of [asGuest(), asCustomer(newId()), asStaff(['customers:read'])])
      expect((await harness.publicly(query, {}, call)).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('statistics', () => {
  it('count each order once by channel and currency, however often its event comes', async () => {
    const id = await person();
    const placedAt = '2026-01-02T03:04:05.678Z';
    const events = [
      placed(id, { placedAt }),
      placed(id, { placedAt: '2026-01-01T00:00:00.000Z' }),
      placed(id, { channel: 'pos', total: { minorUnits: 700, currency: 'USD' }, placedAt }),
    ];
    await bus.publish(events);
    await bus.publish(events);
    // The same order under another event.
    await bus.publish(events.map((each) => ({ ...each, eventId: newId() })));
    expect(await statisticsOf(id)).toEqual([
      { channel: 'pos', currency: 'USD', orders: 1, spentMinor: 700, lastOrderAt: placedAt },
      { channel: 'web', currency: 'EUR', orders: 2, spentMinor: 10_000, lastOrderAt: placedAt },
    ]);
    const { customer } = await ask(
      'query ($id: ID!) { customer(id: $id) { statistics { channel orders spent { minorUnits currency } } } }',
      { id },
    );
    expect(customer.statistics[0]).toEqual({ channel: 'pos', orders: 1, spent: { minorUnits: 700, currency: 'USD' } });
  });

  it('give back what a cancelled order gave, once, with the last order before it', async () => {
    const id = await person();
    const first = placed(id, { placedAt: '2026-01-01T00:00:00.000Z' });
    const second = placed(id, { placedAt: '2026-02-01T00:00:00.000Z', total: { minorUnits: 1, currency: 'EUR' } });
    await bus.publish([first, second]);
    await bus.publish([cancelled(second), cancelled(second), cancelled(placed(id))]);
    expect(await statisticsOf(id)).toMatchObject([
      { orders: 1, spentMinor: 5_000, lastOrderAt: '2026-01-01T00:00:00.000Z' },
    ]);
    // Placed and cancelled in one batch.
    const third = placed(id);
    await bus.publish([third, cancelled(third), cancelled(first)]);
    expect(await statisticsOf(id)).toMatchObject([{ orders: 0, spentMinor: 0, lastOrderAt: null }]);
    await inTransaction(harness.db, async (tx) => {
      await lockCustomers(tx, [id]);
      await rebuildStatistics(tx, [id]);
    });
    expect(await statisticsOf(id)).toEqual([]);
  });

  it('count an old id for the survivor, also when the order comes while profiles are merged', async () => {
    const [survivor, absorbed] = [await person(), await person()];
    const order = placed(absorbed);
    await Promise.all([
      harness.db.sql.begin(async (sql) => {
        await sql`select from customers.customers where customer_id in (${survivor}, ${absorbed}) order by customer_id for update`;
        await sql`update customers.customers set merged_into = ${survivor} where customer_id = ${absorbed}`;
        await sql`update customers.customer_orders set customer_id = ${survivor} where customer_id = ${absorbed}`;
        await sql`delete from customers.customer_statistics where customer_id = ${absorbed}`;
      }),
      bus.publish([order]),
    ]);
    await bus.publish([placed(absorbed)]);
    await inTransaction(harness.db, (tx) => rebuildStatistics(tx, [survivor, absorbed]));
    expect(await statisticsOf(survivor)).toMatchObject([{ orders: 2, spentMinor: 10_000 }]);
    expect(await statisticsOf(absorbed)).toEqual([]);
    await bus.publish([cancelled(order)]);
    expect(await statisticsOf(survivor)).toMatchObject([{ orders: 1, spentMinor: 5_000 }]);
  });

  it('pass by what cannot be counted, and count the rest of the batch', async () => {
    const id = await person();
    const total = (minorUnits: unknown, currency: unknown = 'EUR') => ({ total: { minorUnits, currency } });
    const hostile = [
      placed(null),
      placed(newId()),
      placed('no id'),
      placed(id, { orderId: '__proto__' }),
      placed(id, total(-1)),
      placed(id, total(1.5)),
      placed(id, total('5000')),
      placed(id, total(1, 'EURO')),
      placed(id, { total: null }),
      placed(id, { placedAt: 'yesterday' }),
      placed(id, { channel: 'x\0y' }),
      event('orders.order.placed', null),
      event('orders.order.placed', 'text'),
      event('orders.order.cancelled', { orderId: ['x'] }),
    ];
    await bus.publish([
      ...hostile,
      placed(id, total(Number.MAX_SAFE_INTEGER)),
      placed(id, total(Number.MAX_SAFE_INTEGER)),
    ]);
    expect(await statisticsOf(id)).toMatchObject([{ orders: 2, spentMinor: Number.MAX_SAFE_INTEGER }]);
  });
});

describe('segments', () => {
  it('are decided when an order comes, and again when time makes them due', async () => {
    const id = await person();
    const made = await setSegment('recent', [
      { orderedWithinDays: 30 },
      { totalSpent: { currency: 'EUR', min: 5_000 } },
    ]);
    expect(made.segment).toMatchObject({ code: 'recent', version: 1, match: 'ALL' });
    await codesBecome(id, []);
    await bus.publish([placed(id)]);
    await codesBecome(id, ['recent']);
    expect(await changesOf(id)).toEqual(['entered recent']);
    const [row] = await harness.db.sql<{ days: number }[]>`
      select extract(epoch from c.segments_due_at - o.placed_at) / 86400 as days from customers.customers c
      join customers.customer_orders o using (customer_id) where c.customer_id = ${id}`;
    expect(Number(row!.days)).toBe(30);
    await eventually(async () => {
      await evaluateSegments(later);
      expect(await codesOf(id)).toEqual([]);
    });
    expect(await changesOf(id)).toEqual(['entered recent', 'left recent']);
  });

  it('follow a rule that changes, and a deactivation, for everybody, whoever works and stops in between', async () => {
    const ids = await Promise.all(Array.from({ length: 25 }, () => person()));
    await members('press', { add: ids });
    const made = await setSegment('pressed', [{ inGroup: 'press' }]);
    const workers = () => Promise.all(Array.from({ length: 3 }, () => evaluateSegments(harness.db)));
    const become = (check: (codes: string[]) => boolean) =>
      eventually(async () => {
        await workers();
        for (const codes of (await groupCodesOf(harness.db.orm, ids)).values()) expect(check(codes)).toBe(true);
      });
    await become((codes) => codes.includes('pressed'));
    // Somebody begins and does one batch alone; others end it.
    await setSegment('pressed', [{ inGroup: 'press' }, { orderCount: { min: 1 } }], {
      expectedVersion: made.segment.version,
    });
    await evaluateBatch(harness.db);
    await become((codes) => !codes.includes('pressed'));
    await setSegment('pressed', [{ orderCount: { max: 0 } }], { expectedVersion: 2, isActive: true });
    await become((codes) => codes.includes('pressed'));
    await setSegment('pressed', [{ orderCount: { max: 0 } }], { expectedVersion: 3, isActive: false });
    await become((codes) => !codes.includes('pressed'));
    expect(await changesOf(ids[0]!)).toEqual(['entered pressed', 'left pressed', 'entered pressed', 'left pressed']);
  });

  it('lose no order that comes while they are evaluated', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => person()));
    await setSegment('thrice', [{ orderCount: { min: 3 } }]);
    const working = { on: true };
    const evaluating = (async () => {
      while (working.on) await evaluateBatch(harness.db);
    })();
    for (let round = 0; round < 3; round += 1) await Promise.all(ids.map((id) => bus.publish([placed(id)])));
    working.on = false;
    await evaluating;
    for (const id of ids) await codesBecome(id, ['recent', 'thrice']);
    for (const id of ids)
      expect((await changesOf(id)).filter((change) => change.endsWith('thrice'))).toEqual(['entered thrice']);
  });

  it('look at the country of the default address and at consents', async () => {
    const id = await person();
    await setSegment('swiss-news', [{ country: 'CH' }, { consent: { purpose: 'newsletter', channel: 'email' } }]);
    const call = asCustomer(id);
    const address = { street: 'Bahnhofstrasse 1', city: 'Zürich', postalCode: '8001', country: 'CH' };
    await run('addressAdd', { address }, '', call);
    await run('consentSet', { purpose: 'newsletter', channel: 'email', isGranted: true }, '', call);
    await codesBecome(id, ['swiss-news']);
    await run('consentSet', { purpose: 'newsletter', channel: 'email', isGranted: false }, '', call);
    await codesBecome(id, []);
    const { me } = await ask('{ me { segments { code } } }', {}, call);
    expect(me.segments).toEqual([]);
  });

  it('are previewed by the evaluation itself, without being kept', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => person()));
    await run('customerGroupSet', { code: 'previewed', name: 'Previewed' });
    await members('previewed', { add: ids });
    const query = 'query ($rule: SegmentRuleInput!) { segmentPreview(rule: $rule) { matching examined endCursor } }';
    const preview = async (conditions: unknown[]) =>
      (await ask(query, { rule: { match: 'ALL', conditions } })).segmentPreview;
    const [row] = await harness.db
      .sql`select count(*)::int as count from customers.customers where merged_into is null`;
    expect(await preview([{ inGroup: 'previewed' }])).toEqual({ matching: 3, examined: row!.count, endCursor: null });
    const { errors } = await harness.publicly(query, { rule: { match: 'ALL', conditions: [] } }, staff);
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: ['rule', 'conditions'] });
  });

  it('are refused with a wrong rule, an unknown group, an old version or beyond 30', async () => {
    expect(await setSegment('wrong', [{}])).toMatchObject({
      code: 'INVALID_RULE',
      path: ['input', 'rule', 'conditions', '0'],
    });
    expect(await setSegment('wrong', [{ inGroup: 'nobody' }])).toMatchObject({ code: 'INVALID_RULE' });
    expect(await setSegment('wrong', [{ inGroup: 'recent' }])).toMatchObject({ code: 'INVALID_RULE' });
    expect(await setSegment('recent', [{ country: 'DE' }])).toMatchObject({ currentVersion: 1 });
    expect(await setSegment('wrong', [{ country: 'DE' }], { expectedVersion: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    const { customerSegments } = await ask('{ customerSegments { code isActive } }', {});
    const active = customerSegments.filter(({ isActive }: Data) => isActive).length;
    const answers = await Promise.all(
      Array.from({ length: 32 - active }, (_, index) => setSegment(`bound-${index}`, [{ country: 'FR' }])),
    );
    expect(answers.filter(({ code }) => code === 'TOO_MANY_SEGMENTS')).toHaveLength(2);
    expect(answers.filter(({ segment }) => segment)).toHaveLength(30 - active);
  });
});
