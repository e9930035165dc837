import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adjustByHand } from './commands/loyalty/adjust-points.ts';
import { holdForOrder } from './commands/loyalty/hold-points.ts';
import { doWhatIsDue } from './commands/loyalty/loyalty-clock.ts';
import { returnForOrder } from './commands/loyalty/return-points.ts';
import { setLoyaltyRules, type LoyaltyRulesInput } from './commands/loyalty/set-loyalty-rules.ts';
import { consumeLoyaltyOfOrders } from './consumers/loyalty-of-orders.ts';
import { confirmHolds, releaseHolds } from './data/accounts/holds.ts';
import { verifyAccounts } from './data/accounts/verification.ts';
import { findRules } from './data/loyalty/rules.ts';
import { findEntries, findExpiring, findStandings } from './data/loyalty/standings.ts';
import { insertCustomer } from './data/profile/customers.ts';

let database: TestDatabase;
let db: Database;
const bus = createMemoryBus();
const statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { max: 20, onQuery: (query) => void statements.push(query) });
  await consumeLoyaltyOfOrders(bus, db, silentLogger);
});
afterAll(() => database.drop());

/** The same database at another time. */
const times = new Map<string, Database>();
function after(offset: string): Database {
  const known = times.get(offset) ?? database.open('customers', { nowOffset: offset, max: 2 });
  times.set(offset, known);
  return known;
}

const staff = { role: 'staff', subject: newId(), channel: 'web', scopes: ['loyalty:write'] } as const;

const RULES: LoyaltyRulesInput = {
  expiryMonths: 24,
  tiers: [
    { code: 'SILVER', name: 'Silver', threshold: 500, multiplierBasisPoints: 12_500 },
    { code: 'GOLD', name: 'Gold', threshold: 2_000, multiplierBasisPoints: 20_000 },
  ],
  channels: [
    {
      channel: 'web',
      maximumPoints: 50_000,
      rates: [
        { currency: 'EUR', earnPointsPer100: 100, redeemMinorUnitsPer100: 100 },
        { currency: 'USD', earnPointsPer100: 100 },
      ],
    },
    { channel: 'late', earningDelayDays: 14, rates: [{ currency: 'EUR', earnPointsPer100: 100 }] },
    { channel: 'strict', minimumPoints: 100, rates: [{ currency: 'EUR', redeemMinorUnitsPer100: 30 }] },
  ],
};

const program = async (rules: LoyaltyRulesInput = RULES) => {
  const expectedVersion = (await findRules(db.orm))?.version;
  const outcome = await setLoyaltyRules(db, staff, { ...rules, expectedVersion });
  expect(outcome.__typename).toBe('LoyaltyRulesUpdated');
};
beforeEach(() => program());

const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });

/** Events as orders tells them. */
const tell = (topic: string, payload: object) =>
  bus.publish([
    { eventId: newId(), topic: `orders.order.${topic}`, key: 'order', occurredAt: '2026-01-01T00:00:00Z', payload },
  ]);

async function newCustomer() {
  const id = newId();
  const person = { email: `${id}@example.com`, givenName: null, familyName: null, phone: null, companyId: null };
  await db.orm.transaction((tx) => insertCustomer(tx, id, person));
  const standing = async () => (await findStandings(db.orm, [id]))[0]!;
  return {
    id,
    standing,
    points: async () => {
      const { balance, held, pending, debt, tier } = await standing();
      return { balance, held, pending, debt, tier };
    },
    /** @returns the order's id. */
    order: async (minorUnits: number, rest: object = {}) => {
      const orderId = newId();
      const placedAt = new Date().toISOString();
      await tell('placed', {
        orderId,
        channel: 'web',
        customerId: id,
        total: EUR(minorUnits),
        placedAt,
        lines: [],
        ...rest,
      });
      return orderId;
    },
    hold: (key: string, minorUnits: number, rest: object = {}) =>
      holdForOrder(db, { key, customerId: id, channel: 'web', amount: EUR(minorUnits), ttlSeconds: 600, ...rest }),
    adjust: (points: number, key = newId()) =>
      adjustByHand(db, staff, { customerId: id, points, reason: 'A gesture', idempotencyKey: key }),
    lines: async () => {
      const { accountId } = await standing();
      const [lines = []] = await findEntries(db.orm, [{ accountId: accountId!, after: null, most: 100 }]);
      return lines.map(({ kind, points }) => `${kind} ${points}`).reverse();
    },
  };
}

const refund = (orderId: string, customerId: string, minorUnits: number, refundId = newId()) =>
  tell('refunded', { orderId, refundId, customerId, channel: 'web', total: EUR(minorUnits) });

const nothing = { balance: 0, held: 0, pending: 0, debt: 0, tier: null };

describe('earning', () => {
  it('credits an order once, however often and in how many ways it is told', async () => {
    const ada = await newCustomer();
    const orderId = await ada.order(12_345);
    const again = {
      orderId,
      channel: 'web',
      customerId: ada.id,
      total: EUR(12_345),
      placedAt: new Date().toISOString(),
    };
    await Promise.all([tell('placed', again), tell('attached', again), tell('placed', again)]);
    expect(await ada.points()).toEqual({ ...nothing, balance: 123 });
    expect(await ada.lines()).toEqual(['EARN 123']);
  });

  it('gives nothing for an order of nobody, of a channel or currency without rules, or of somebody unknown or erased', async () => {
    const ada = await newCustomer();
    await ada.order(10_000, { customerId: null });
    await ada.order(10_000, { channel: 'none' });
    await ada.order(10_000, { total: { minorUnits: 10_000, currency: 'CHF' } });
    await ada.order(10_000, { customerId: newId() });
    await ada.order(10_000, { total: { minorUnits: -5, currency: 'EUR' } });
    await ada.order(10_000, { orderId: '__proto__' });
    await db.sql`update customers.customers set erased_at = now() where customer_id = ${ada.id}`;
    await ada.order(10_000);
    expect(await ada.points()).toEqual(nothing);
  });

  it('credits an order when it gets its person later, less what was refunded before', async () => {
    const ada = await newCustomer();
    const orderId = await ada.order(10_000, { customerId: null });
    await refund(orderId, ada.id, 2_500);
    expect(await ada.points()).toEqual(nothing);
    await tell('attached', {
      orderId,
      channel: 'web',
      customerId: ada.id,
      total: EUR(10_000),
      placedAt: new Date().toISOString(),
    });
    expect(await ada.points()).toEqual({ ...nothing, balance: 75 });
  });

  it('credits the survivor when the event names an old id', async () => {
    const [ada, old] = [await newCustomer(), await newCustomer()];
    await db.sql`update customers.customers set merged_into = ${ada.id} where customer_id = ${old.id}`;
    await old.order(10_000);
    expect(await ada.points()).toEqual({ ...nothing, balance: 100 });
    expect((await old.standing()).customerId).toBe(ada.id);
  });

  it('waits for its day where the channel says so, and what is refunded meanwhile never comes', async () => {
    const ada = await newCustomer();
    const orderId = await ada.order(10_000, { channel: 'late' });
    expect(await ada.points()).toEqual({ ...nothing, pending: 100 });
    await refund(orderId, ada.id, 4_000);
    expect(await ada.points()).toEqual({ ...nothing, pending: 60 });
    await doWhatIsDue(after('13 days'));
    expect((await ada.points()).balance).toBe(0);
    await Promise.all([doWhatIsDue(after('15 days')), doWhatIsDue(after('15 days'))]);
    expect(await ada.points()).toEqual({ ...nothing, balance: 60 });
    expect(await ada.lines()).toEqual(['EARN 60']);
  });

  it('multiplies by the tier, which counts what was earned without it', async () => {
    const ada = await newCustomer();
    await ada.order(60_000);
    expect(await ada.points()).toEqual({ ...nothing, balance: 600, tier: 'SILVER' });
    await ada.order(10_000);
    expect(await ada.points()).toEqual({ ...nothing, balance: 725, tier: 'SILVER' });
    expect((await ada.standing()).qualifying).toBe(700);
  });
});

describe('taking back', () => {
  it('is in proportion, once for each refund, and the same in parts as at once', async () => {
    const ada = await newCustomer();
    const orderId = await ada.order(9_999);
    expect((await ada.points()).balance).toBe(99);
    const refundId = newId();
    await Promise.all([refund(orderId, ada.id, 3_333, refundId), refund(orderId, ada.id, 3_333, refundId)]);
    expect((await ada.points()).balance).toBe(66);
    await refund(orderId, ada.id, 3_333);
    await refund(orderId, ada.id, 3_333);
    expect(await ada.points()).toEqual(nothing);
    await tell('cancelled', { orderId, customerId: ada.id, channel: 'web' });
    expect(await ada.points()).toEqual(nothing);
    expect(await ada.lines()).toEqual(['EARN 99', 'REVERSE -33', 'REVERSE -33', 'REVERSE -33']);
  });

  it('owes what is spent or held, which later earnings pay first', async () => {
    const ada = await newCustomer();
    const orderId = await ada.order(10_000);
    await ada.hold('owes', 30);
    await confirmHolds(db.orm, 'owes');
    await ada.hold('keeps', 20);
    await tell('cancelled', { orderId, customerId: ada.id, channel: 'web' });
    expect(await ada.points()).toEqual({ ...nothing, balance: 20, held: 20, debt: 50 });
    await ada.order(4_000);
    expect(await ada.points()).toEqual({ ...nothing, balance: 20, held: 20, debt: 10 });
    await ada.order(4_000);
    expect(await ada.points()).toEqual({ ...nothing, balance: 50, held: 20 });
    expect(await ada.lines()).toEqual([
      'EARN 100',
      'REDEEM -30',
      'REVERSE -50',
      'EARN 40',
      'REVERSE -40',
      'EARN 40',
      'REVERSE -10',
    ]);
  });

  it('takes the tier with the points that it came from', async () => {
    const ada = await newCustomer();
    const orderId = await ada.order(50_000);
    expect((await ada.points()).tier).toBe('SILVER');
    await refund(orderId, ada.id, 100);
    expect((await ada.points()).tier).toBeNull();
  });
});

describe('paying with points', () => {
  it('holds exactly what is there when 100 ask at once, and tells each time', async () => {
    const ada = await newCustomer();
    await ada.adjust(1_000);
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => ada.hold(`${ada.id}-${index}`, 100)));
    expect(outcomes.filter(({ __typename }) => __typename === 'LoyaltyHeld')).toHaveLength(10);
    expect(outcomes.filter(({ __typename }) => __typename === 'InsufficientPoints')).toHaveLength(90);
    expect(await ada.points()).toEqual({ ...nothing, balance: 1_000, held: 1_000 });
    const told = await db.sql<{ payload: { held: number } }[]>`
      select payload from customers.outbox where topic = 'customers.loyalty.changed' and key = ${ada.id} order by seq`;
    expect(told.map(({ payload }) => payload.held)).toEqual(Array.from({ length: 11 }, (_, index) => index * 100));
    expect(told.at(-1)?.payload).toEqual({ customerId: ada.id, balance: 1_000, held: 1_000, tier: null });
  });

  it('decides in one statement, beside the one for the rules', async () => {
    const ada = await newCustomer();
    await ada.adjust(100);
    statements.length = 0;
    await ada.hold(newId(), 100);
    expect(statements.filter((statement) => statement.includes('customers.'))).toHaveLength(2);
  });

  it('rounds to the house: fewest points that pay the amount, and no more than they are worth', async () => {
    const ada = await newCustomer();
    await ada.adjust(1_000);
    const strict = (minorUnits: number) => ada.hold(newId(), minorUnits, { channel: 'strict' });
    // 100 points pay 0.30, so that 0.31 takes 104 of them.
    expect(await strict(31)).toEqual({ __typename: 'LoyaltyHeld', points: 104, amount: EUR(31) });
    expect(await strict(29)).toEqual({ __typename: 'LoyaltyUnavailable', reason: 'MINIMUM' });
    expect(await strict(300)).toEqual({
      __typename: 'InsufficientPoints',
      availablePoints: 896,
      availableAmount: EUR(268),
    });
    expect(await ada.hold(newId(), 50_001)).toEqual({ __typename: 'LoyaltyUnavailable', reason: 'MAXIMUM' });
    expect(await ada.hold(newId(), 1, { channel: 'none' })).toEqual({
      __typename: 'LoyaltyUnavailable',
      reason: 'CHANNEL',
    });
    const dollars = { amount: { minorUnits: 1, currency: 'USD' } };
    expect(await ada.hold(newId(), 1, dollars)).toEqual({ __typename: 'LoyaltyUnavailable', reason: 'CURRENCY' });
    const nobody = { __typename: 'LoyaltyUnavailable', reason: 'CUSTOMER' };
    expect(await ada.hold(newId(), 1, { customerId: newId() })).toEqual(nobody);
    expect(await ada.hold(newId(), 1, { customerId: 'nobody' })).toEqual(nobody);
  });

  it('answers a repeated request with what was agreed at first, and refuses another amount or person', async () => {
    const [ada, eve] = [await newCustomer(), await newCustomer()];
    await ada.adjust(1_000);
    await eve.adjust(1_000);
    const key = newId();
    expect(await ada.hold(key, 100)).toEqual({ __typename: 'LoyaltyHeld', points: 100, amount: EUR(100) });
    const [web] = RULES.channels;
    await program({ ...RULES, channels: [{ ...web!, rates: [{ currency: 'EUR', redeemMinorUnitsPer100: 50 }] }] });
    expect(await ada.hold(key, 100)).toEqual({ __typename: 'LoyaltyHeld', points: 100, amount: EUR(100) });
    expect(await ada.hold(key, 50)).toEqual({ __typename: 'HoldKeyReused', key });
    expect(await eve.hold(key, 100)).toEqual({ __typename: 'HoldKeyReused', key });
    expect((await ada.points()).held + (await eve.points()).held).toBe(100);
  });

  it('gives back in parts what was paid, all of it in the end, once for each reference', async () => {
    const ada = await newCustomer();
    await ada.adjust(1_000);
    const key = newId();
    await ada.hold(key, 100, { channel: 'strict' });
    const give = (minorUnits: number, reference: string) =>
      returnForOrder(db, { key, amount: EUR(minorUnits), reference });
    expect(await give(10, newId())).toEqual({ status: 'NONE', points: 0 });
    await confirmHolds(db.orm, key);
    expect((await ada.points()).balance).toBe(666);
    const first = newId();
    expect(await give(33, first)).toEqual({ status: 'RETURNED', points: 110 });
    expect(await give(33, first)).toEqual({ status: 'REPEATED', points: 110 });
    expect(await give(34, first)).toEqual({ status: 'REFERENCE_REUSED', points: 110 });
    expect(await give(68, newId())).toEqual({ status: 'EXCEEDED', points: 0 });
    expect(await give(67, newId())).toEqual({ status: 'RETURNED', points: 224 });
    expect(await ada.points()).toEqual({ ...nothing, balance: 1_000 });
  });
});

describe('points that expire', () => {
  it('are spent before those that expire later, and end on their day with an event', async () => {
    const ada = await newCustomer();
    await program({ ...RULES, expiryMonths: 12 });
    await ada.adjust(100);
    await program({ ...RULES, expiryMonths: 1 });
    await ada.adjust(50);
    await ada.hold(newId(), 30);
    const { accountId } = await ada.standing();
    const soon = (await findExpiring(db.orm, [{ accountId: accountId!, withinDays: 60 }]))[0]!;
    expect(soon.map(({ points }) => points)).toEqual([50]);
    const key = newId();
    await ada.hold(key, 20);
    await confirmHolds(db.orm, key);
    // 30 of them are held: what expires is what is free of those whose day has come, and those that are held stay.
    await doWhatIsDue(after('2 months'));
    expect(await ada.lines()).toEqual(['ADJUST 100', 'ADJUST 50', 'REDEEM -20', 'EXPIRE -30']);
    expect((await ada.points()).balance).toBe(100);
    await doWhatIsDue(after('2 months'));
    expect((await ada.points()).balance).toBe(100);
    await doWhatIsDue(after('13 months'));
    expect((await ada.points()).balance).toBe(30);
  });

  it('stay while they are held and go when they are let go', async () => {
    const ada = await newCustomer();
    await ada.adjust(100);
    const key = newId();
    await ada.hold(key, 100);
    await doWhatIsDue(after('25 months'));
    expect(await ada.points()).toEqual({ ...nothing, balance: 100, held: 100 });
    await releaseHolds(db.orm, key);
    await doWhatIsDue(after('25 months'));
    expect(await ada.points()).toEqual(nothing);
  });

  it('leave 30 days at least when they are given back', async () => {
    const ada = await newCustomer();
    await program({ ...RULES, expiryMonths: 1 });
    await ada.adjust(100);
    const key = newId();
    await ada.hold(key, 100);
    await confirmHolds(db.orm, key);
    await returnForOrder(after('3 months'), { key, amount: EUR(100), reference: newId() });
    await doWhatIsDue(after('3 months'));
    expect((await ada.points()).balance).toBe(100);
    await doWhatIsDue(after('5 months'));
    expect((await ada.points()).balance).toBe(0);
  });
});

describe('tiers', () => {
  it('end by themselves when what they came from is a year old', async () => {
    const ada = await newCustomer();
    await ada.order(60_000);
    await doWhatIsDue(after('11 months'));
    expect((await ada.points()).tier).toBe('SILVER');
    await doWhatIsDue(after('13 months'));
    expect((await ada.points()).tier).toBeNull();
    const [last] = await db.sql<{ payload: object }[]>`
      select payload from customers.outbox where topic = 'customers.loyalty.changed' and key = ${ada.id} order by seq desc limit 1`;
    expect(last?.payload).toEqual({ customerId: ada.id, balance: 600, held: 0, tier: null });
  });

  it('follow other rules in the background', async () => {
    const ada = await newCustomer();
    await ada.order(30_000);
    await program({ ...RULES, tiers: [{ code: 'BRONZE', name: 'Bronze', threshold: 300 }] });
    await doWhatIsDue(db);
    expect((await ada.points()).tier).toBe('BRONZE');
  });
});

describe('the programme', () => {
  it('is set as a whole by one of two who read the same version', async () => {
    const expectedVersion = (await findRules(db.orm))!.version;
    const outcomes = await Promise.all([1, 2, 3].map(() => setLoyaltyRules(db, staff, { ...RULES, expectedVersion })));
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual([
      'LoyaltyRulesUpdated',
      'VersionConflict',
      'VersionConflict',
    ]);
    expect(outcomes.find(({ __typename }) => __typename === 'VersionConflict')).toMatchObject({
      currentVersion: expectedVersion + 1,
    });
  });

  const tier = { code: 'A', name: 'A', threshold: 1 };
  const rate = { currency: 'EUR' };
  it.each<[Partial<LoyaltyRulesInput>, string[]]>([
    [{ expiryMonths: 0 }, ['expiryMonths']],
    [{ tiers: [tier, tier] }, ['tiers', '1', 'code']],
    [{ tiers: [tier, { ...tier, code: 'B' }] }, ['tiers', '1', 'threshold']],
    [{ tiers: [{ ...tier, code: '__proto__' }] }, ['tiers', '0', 'code']],
    [{ tiers: [{ ...tier, name: ' ' }] }, ['tiers', '0', 'name']],
    [{ tiers: [{ ...tier, multiplierBasisPoints: 0 }] }, ['tiers', '0', 'multiplierBasisPoints']],
    [{ tiers: Array.from({ length: 21 }, () => tier) }, ['tiers']],
    [
      {
        channels: [
          { channel: 'web', rates: [] },
          { channel: 'web', rates: [] },
        ],
      },
      ['channels', '1', 'channel'],
    ],
    [{ channels: [{ channel: 'web', rates: [rate, rate] }] }, ['channels', '0', 'rates', '1', 'currency']],
    [
      { channels: [{ channel: 'web', minimumPoints: 5, maximumPoints: 4, rates: [] }] },
      ['channels', '0', 'maximumPoints'],
    ],
    [{ channels: [{ channel: 'web', earningDelayDays: -1, rates: [] }] }, ['channels', '0', 'earningDelayDays']],
    [
      { channels: [{ channel: 'web', rates: [{ ...rate, earnPointsPer100: -1 }] }] },
      ['channels', '0', 'rates', '0', 'earnPointsPer100'],
    ],
  ])('refuses %j and keeps what was', async (change, path) => {
    const { version } = (await findRules(db.orm))!;
    const outcome = await setLoyaltyRules(db, staff, { ...RULES, ...change, expectedVersion: version });
    expect(outcome).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_RULES', path: ['input', ...path] });
    expect((await findRules(db.orm))!.version).toBe(version);
  });
});

describe('points by hand', () => {
  it('are given once for each key of a caller, and never taken beyond what is free', async () => {
    const ada = await newCustomer();
    const key = newId();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => ada.adjust(100, key)));
    expect(outcomes.map(({ __typename }) => __typename)).toEqual(Array.from({ length: 5 }, () => 'LoyaltyAdjusted'));
    expect(await ada.adjust(101, key)).toMatchObject({ __typename: 'IdempotencyKeyReused' });
    await ada.hold(newId(), 40);
    expect(await ada.adjust(-61)).toMatchObject({ __typename: 'TooFewPoints', availablePoints: 60 });
    expect(await ada.adjust(-60)).toMatchObject({ __typename: 'LoyaltyAdjusted' });
    expect(await ada.points()).toEqual({ ...nothing, balance: 40, held: 40 });
    expect(await ada.lines()).toEqual(['ADJUST 100', 'ADJUST -60']);
  });

  it('are refused for nobody, for nothing and without a reason', async () => {
    const ada = await newCustomer();
    const base = { customerId: ada.id, points: 5, reason: 'A gesture', idempotencyKey: newId() };
    expect(await adjustByHand(db, staff, { ...base, customerId: newId() })).toMatchObject({ __typename: 'NotFound' });
    expect(await adjustByHand(db, staff, { ...base, customerId: 'none' })).toMatchObject({ __typename: 'NotFound' });
    for (const wrong of [
      { points: 0 },
      { points: 10_000_001 },
      { reason: ' ' },
      { idempotencyKey: '' },
      { idempotencyKey: 'x'.repeat(101) },
    ])
      expect(await adjustByHand(db, staff, { ...base, ...wrong })).toMatchObject({ __typename: 'InvalidInput' });
    await db.sql`update customers.customers set erased_at = now() where customer_id = ${ada.id}`;
    expect(await adjustByHand(db, staff, base)).toMatchObject({ __typename: 'NotFound' });
    expect(await ada.points()).toEqual(nothing);
  });
});

describe('people who become one or are forgotten', () => {
  const movePoints = async (tx: Tx, from: string, to: string, reference: string, most: number | null) => {
    const [row] = await tx.execute<{ points: string }>(
      sql`select customers.move_points(${from}::uuid, ${to}::uuid, ${reference}, ${most}::bigint) as points`,
    );
    return Number(row?.points);
  };
  const merge = (from: string, to: string, reference: string) =>
    db.orm.transaction(async (tx) => {
      await tx.execute(`update customers.customers set merged_into = '${to}' where customer_id = '${from}'`);
      return movePoints(tx, from, to, reference, null);
    });

  it('moves points, holds, debt and tier to the survivor, who pays what was held', async () => {
    const [ada, old] = [await newCustomer(), await newCustomer()];
    await ada.order(30_000);
    await old.order(30_000);
    await ada.adjust(50);
    const key = newId();
    await old.hold(key, 100);
    const reference = newId();
    expect(await merge(old.id, ada.id, reference)).toBe(300);
    expect(await merge(old.id, ada.id, reference)).toBe(0);
    expect(await ada.points()).toEqual({ ...nothing, balance: 650, held: 100, tier: 'SILVER' });
    expect(await confirmHolds(db.orm, key)).toEqual({ done: true, status: 'CONFIRMED' });
    expect(await returnForOrder(db, { key, amount: EUR(40), reference: newId() })).toEqual({
      status: 'RETURNED',
      points: 40,
    });
    expect(await ada.points()).toEqual({ ...nothing, balance: 590, tier: 'SILVER' });
    // What goes back when that is undone is never more than is free.
    await ada.adjust(-500);
    const back = await db.orm.transaction(async (tx) => {
      await tx.execute(`update customers.customers set merged_into = null where customer_id = '${old.id}'`);
      return movePoints(tx, ada.id, old.id, `${reference}:undo`, 300);
    });
    expect(back).toBe(90);
    expect(await old.points()).toEqual({ ...nothing, balance: 90 });
    expect(await ada.points()).toEqual(nothing);
  });

  it('forfeits what is free, lets a held order be paid, and forgets what was written', async () => {
    const ada = await newCustomer();
    await ada.adjust(100);
    const key = newId();
    await ada.hold(key, 30);
    await db.orm.transaction(async (tx) => {
      await tx.execute(`update customers.customers set erased_at = now() where customer_id = '${ada.id}'`);
      const [row] = await tx.execute<{ points: string }>(`select customers.forfeit_points('${ada.id}') as points`);
      expect(row?.points).toBe('70');
    });
    expect(await ada.hold(newId(), 1)).toEqual({ __typename: 'LoyaltyUnavailable', reason: 'CUSTOMER' });
    expect(await confirmHolds(db.orm, key)).toEqual({ done: true, status: 'CONFIRMED' });
    expect(await ada.points()).toEqual(nothing);
    const { accountId } = await ada.standing();
    const [lines = []] = await findEntries(db.orm, [{ accountId: accountId!, after: null, most: 10 }]);
    expect(lines.map(({ note }) => note)).toEqual([null, null, null]);
  });
});

describe('verifyAccounts', () => {
  it('finds nothing after all of the above, page by page', async () => {
    let last: string | null = null;
    let count = 0;
    do {
      const page = await verifyAccounts(db.orm, last, 7);
      expect(page.differences).toEqual([]);
      count += page.accountCount;
      last = page.last;
    } while (last !== null);
    const [{ accounts } = { accounts: 0 }] = await db.sql<
      { accounts: number }[]
    >`select count(*)::int as accounts from customers.accounts`;
    expect(count).toBe(accounts);
  });

  it('finds what was changed behind the back of the ledger', async () => {
    const ada = await newCustomer();
    await ada.adjust(100);
    const { accountId } = await ada.standing();
    const admin = database.open('customers', { url: database.adminUrl });
    await admin.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update customers.accounts set balance = 90, held = 5 where account_id = ${accountId}`;
    });
    const found = [];
    for (let last: string | null = null; ;) {
      const page = await verifyAccounts(db.orm, last, 100);
      found.push(...page.differences);
      last = page.last;
      if (last === null) break;
    }
    expect(found).toEqual([
      { accountId, what: 'BALANCE', expected: 100, actual: 90 },
      { accountId, what: 'HELD', expected: 0, actual: 5 },
      { accountId, what: 'LOTS', expected: 90, actual: 100 },
    ]);
  });
});
