import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { confirmHolds, expireHolds, releaseHolds } from '../accounts/holds.ts';
import { verifyAccounts } from '../accounts/verification.ts';
import { insertCustomer } from '../profile/customers.ts';
import { adjustPoints } from './adjustments.ts';
import { creditNextOrder, expireNextPoints } from './due.ts';
import { earnPoints, refundOrder } from './orders.ts';
import { holdPoints, returnPoints } from './redemptions.ts';
import { findStandings } from './standings.ts';

let database: TestDatabase;
/** One connection, whose clock the test sets. */
let db: Database;
let pool: Database;

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { max: 1 });
  pool = database.open('customers', { max: 16 });
});
afterAll(() => database.drop());

const PEOPLE = 3;
const DAY_S = 86_400;
const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });

/** Numbers are taken modulo what there is: any list of actions can be run. */
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('earn' as const),
      who: fc.nat(9),
      points: fc.integer({ min: 1, max: 300 }),
      delay: fc.constantFrom(0, 0, 3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      which: fc.nat(6),
      amount: fc.integer({ min: 1, max: 400 }),
      whole: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      who: fc.nat(9),
      points: fc.integer({ min: 1, max: 300 }),
      again: fc.boolean(),
      days: fc.constantFrom(2, 2, 60),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('confirm' as const, 'release' as const), which: fc.nat(6) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('return' as const),
      which: fc.nat(6),
      amount: fc.integer({ min: 1, max: 200 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      who: fc.nat(9),
      points: fc.integer({ min: -200, max: 200 }).filter(Boolean),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 1, 2, 3, 35) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const), who: fc.nat(9), into: fc.nat(9) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

interface Account {
  balance: number;
  debt: number;
}
interface Order {
  id: string;
  who: number;
  points: number;
  reversed: number;
  refunded: number;
  creditedOn: number | null;
  dueOn: number;
}
interface Hold {
  key: string;
  who: number;
  points: number;
  state: 'HELD' | 'CONFIRMED' | 'RELEASED' | 'EXPIRED';
  endsOn: number;
  returned: number;
}

/** The newest ones are at hand first: those of long ago have mostly ended. */
const recent = <T>(list: readonly T[], which: number): T | undefined =>
  list[list.length - 1 - (which % (list.length || 1))];

/** What happened in all runs together, to know that what is rare was there. */
const happened = new Set<string>();

/** What points should be: no lots, no rows, no locks. What expires is observed, and only bounded. */
class Model {
  readonly people: readonly string[];
  readonly survivor = Array.from({ length: PEOPLE }, (_, who) => who);
  readonly accounts: Account[] = Array.from({ length: PEOPLE }, () => ({ balance: 0, debt: 0 }));
  readonly orders: Order[] = [];
  readonly holds: Hold[] = [];
  day = 0;

  constructor(people: readonly string[]) {
    this.people = people;
  }

  personOf = (who: number): number => this.survivor[who % PEOPLE]!;
  accountOf = (who: number): Account => this.accounts[this.personOf(who)]!;
  heldOf = (who: number): number =>
    this.holds
      .filter((hold) => hold.state === 'HELD' && this.personOf(hold.who) === this.personOf(who))
      .reduce((sum, { points }) => sum + points, 0);
  freeOf = (who: number): number => this.accountOf(who).balance - this.heldOf(who);

  endHolds(): void {
    for (const hold of this.holds) if (hold.state === 'HELD' && hold.endsOn <= this.day) hold.state = 'EXPIRED';
  }
  credit(order: Order): void {
    const [account, earned] = [this.accountOf(order.who), order.points - order.reversed];
    const paid = Math.min(account.debt, earned);
    if (paid > 0) happened.add('a debt was paid');
    account.debt -= paid;
    account.balance += earned - paid;
    order.creditedOn = this.day;
  }
}

async function run(actions: readonly Action[]): Promise<void> {
  const people = Array.from({ length: PEOPLE }, () => newId());
  await setDay(0);
  for (const id of people) await newPerson(db, id);
  const model = new Model(people);
  for (const each of actions) {
    await apply(model, each);
    await compare(model);
  }
}

const setDay = (day: number) => db.sql`select set_config('app.now_offset', ${`${day} days`}, false)`;

const newPerson = (on: Database, id: string) =>
  on.orm.transaction((tx) =>
    insertCustomer(tx, id, {
      email: `${id}@example.com`,
      givenName: null,
      familyName: null,
      phone: null,
      companyId: null,
    }),
  );

async function apply(model: Model, each: Action): Promise<void> {
  switch (each.do) {
    case 'earn': {
      const [id, dueAt] = [newId(), new Date(Date.now() + (model.day + each.delay) * DAY_S * 1_000)];
      const order = {
        orderId: id,
        customerId: model.people[each.who % PEOPLE]!,
        channel: 'web',
        total: EUR(each.points),
        placedAt: dueAt,
      };
      const earned = { points: each.points, qualifying: each.points, dueAt, expiryMonths: 1 };
      expect(await earnPoints(db.orm, order, earned)).toBe(true);
      expect(await earnPoints(db.orm, order, earned)).toBe(false);
      const kept: Order = {
        id,
        who: each.who,
        points: each.points,
        reversed: 0,
        refunded: 0,
        creditedOn: null,
        dueOn: model.day + each.delay,
      };
      model.orders.push(kept);
      if (each.delay === 0) model.credit(kept);
      return;
    }
    case 'refund': {
      const order = recent(model.orders, each.which);
      if (!order) return;
      const refund = { orderId: order.id, refundId: newId(), total: each.whole ? null : EUR(each.amount) };
      expect(await refundOrder(db.orm, refund)).toBe(true);
      expect(await refundOrder(db.orm, refund)).toBe(false);
      order.refunded = each.whole ? Infinity : order.refunded + each.amount;
      // An order's total is what it earns here: what is kept is what was not refunded.
      const reversed = Math.min(order.points, order.refunded);
      const wanted = reversed - order.reversed;
      order.reversed = reversed;
      if (order.creditedOn === null) return;
      model.endHolds();
      const taken = Math.min(wanted, model.freeOf(order.who));
      model.accountOf(order.who).balance -= taken;
      model.accountOf(order.who).debt += wanted - taken;
      if (wanted > taken) happened.add('what was gone became a debt');
      return;
    }
    case 'hold': {
      model.endHolds();
      const [key, customerId] = [newId(), model.people[each.who % PEOPLE]!];
      const hold = { key, customerId, points: each.points, amount: EUR(each.points), ttlS: each.days * DAY_S };
      const fits = each.points <= model.freeOf(each.who);
      expect((await holdPoints(db.orm, hold)).status).toBe(fits ? 'HELD' : 'INSUFFICIENT');
      if (each.again) expect((await holdPoints(db.orm, hold)).status).toBe(fits ? 'HELD' : 'INSUFFICIENT');
      if (fits)
        model.holds.push({
          key,
          who: each.who,
          points: each.points,
          state: 'HELD',
          endsOn: model.day + each.days,
          returned: 0,
        });
      return;
    }
    case 'confirm':
    case 'release': {
      const hold = recent(model.holds, each.which);
      if (!hold) return;
      if (hold.state === 'HELD' && hold.endsOn <= model.day) hold.state = 'EXPIRED';
      const was = hold.state;
      if (each.do === 'release') {
        if (was === 'HELD') hold.state = 'RELEASED';
        expect(await releaseHolds(db.orm, hold.key)).toEqual({ done: was !== 'CONFIRMED', status: hold.state });
        return;
      }
      if (was === 'HELD') {
        hold.state = 'CONFIRMED';
        model.accountOf(hold.who).balance -= hold.points;
        if (model.personOf(hold.who) !== hold.who % PEOPLE) happened.add('a hold was confirmed after a merge');
      }
      expect(await confirmHolds(db.orm, hold.key)).toEqual({ done: hold.state === 'CONFIRMED', status: hold.state });
      return;
    }
    case 'return': {
      const hold = recent(model.holds, each.which);
      if (!hold) return;
      const fits = hold.returned + each.amount <= hold.points;
      const expected = hold.state !== 'CONFIRMED' ? 'NONE' : fits ? 'RETURNED' : 'EXCEEDED';
      expect((await returnPoints(db.orm, { key: hold.key, amount: EUR(each.amount), reference: newId() })).status).toBe(
        expected,
      );
      if (expected !== 'RETURNED') return;
      if (hold.returned > 0) happened.add('points were returned in parts');
      hold.returned += each.amount;
      model.accountOf(hold.who).balance += each.amount;
      return;
    }
    case 'adjust': {
      model.endHolds();
      const fits = model.freeOf(each.who) + each.points >= 0;
      const reference = newId();
      const adjustment = {
        customerId: model.people[each.who % PEOPLE]!,
        points: each.points,
        reference,
        fingerprint: '',
        actor: 'test',
        note: 'Why',
        expiryMonths: 1,
      };
      expect((await adjustPoints(db.orm, adjustment)).status).toBe(fits ? 'ADJUSTED' : 'INSUFFICIENT');
      if (fits) expect((await adjustPoints(db.orm, adjustment)).status).toBe('REPEATED');
      if (fits) model.accountOf(each.who).balance += each.points;
      return;
    }
    case 'wait': {
      model.day += each.days;
      await setDay(model.day);
      model.endHolds();
      await expireHolds(db.orm, 1_000);
      while (await creditNextOrder(db.orm));
      for (const order of model.orders) if (order.creditedOn === null && order.dueOn <= model.day) model.credit(order);
      while (await expireNextPoints(db.orm));
      for (const [who, { balance }] of (await standingsOf(model)).entries()) {
        if (model.survivor[who] !== who) continue;
        const expired = model.accounts[who]!.balance - balance;
        expect(expired).toBeGreaterThanOrEqual(0);
        if (expired > 0) happened.add(model.heldOf(who) > 0 ? 'points expired beside held ones' : 'points expired');
        expect(expired).toBeLessThanOrEqual(model.freeOf(who));
        model.accounts[who]!.balance = balance;
      }
      return;
    }
    case 'merge': {
      const [from, to] = [model.personOf(each.who), model.personOf(each.into)];
      if (from === to) return;
      await db.orm.transaction(async (tx) => {
        const [fromId, toId] = [model.people[from]!, model.people[to]!];
        await tx.execute(
          `update customers.customers set merged_into = '${toId}' where customer_id = '${fromId}' or merged_into = '${fromId}'`,
        );
        await tx.execute(`select customers.move_points('${fromId}', '${toId}', '${newId()}', null)`);
      });
      const moved = model.accounts[from]!;
      if (moved.debt > 0) happened.add('a debt was merged');
      if (model.heldOf(to) > 0) happened.add('a merge with holds');
      model.accounts[to]!.balance += moved.balance;
      model.accounts[to]!.debt += moved.debt;
      moved.balance = 0;
      moved.debt = 0;
      for (const [who, survivor] of model.survivor.entries()) if (survivor === from) model.survivor[who] = to;
    }
  }
}

/** In the order of the people. */
async function standingsOf({ people }: Model) {
  const found = await findStandings(db.orm, people);
  return people.map((id) => found.find(({ askedId }) => askedId === id)!);
}

async function compare(model: Model): Promise<void> {
  model.endHolds();
  await expireHolds(db.orm, 1_000);
  const expected = model.people.map((_, who) => ({ ...model.accountOf(who), held: model.heldOf(who) }));
  expect((await standingsOf(model)).map(({ balance, debt, held }) => ({ balance, debt, held }))).toEqual(expected);
  for (const { balance, held } of expected) expect(balance >= held && held >= 0).toBe(true);
}

/** That nothing differs from what it follows from, and that no point came from nowhere or went there. */
async function audit(on: Database): Promise<void> {
  expect((await verifyAccounts(on.orm, null, 1_000)).differences).toEqual([]);
  const [sums] = await on.sql`
    select (select sum(amount) from customers.ledger_entries)::int as all,
      ((select sum(balance) from customers.accounts) + (select sum(amount) from customers.ledger_entries where counter is not null))::int as apart,
      (select count(*)::int from (select 1 from customers.ledger_entries group by transaction_id having sum(amount) <> 0) as unbalanced) as unbalanced`;
  expect(sums).toEqual({ all: 0, apart: 0, unbalanced: 0 });
}

it('behaves as the model does, whatever happens in whatever order', async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 60, size: 'max' }), run), {
    seed: 20_261_122,
    numRuns: 40,
  });
  expect([...happened].sort()).toEqual([
    'a debt was merged',
    'a debt was paid',
    'a hold was confirmed after a merge',
    'a merge with holds',
    'points expired',
    'points expired beside held ones',
    'points were returned in parts',
    'what was gone became a debt',
  ]);
  await setDay(0);
  await audit(pool);
}, 60_000);

it('keeps its books when everything happens to the same people at once', async () => {
  const people = Array.from({ length: PEOPLE }, () => newId());
  for (const id of people) await newPerson(pool, id);
  const [orders, keys] = [people.map(() => newId()), Array.from({ length: 12 }, () => newId())];
  const placedAt = new Date();
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
  const steps = fc.sample(fc.tuple(fc.nat(7), fc.nat(), fc.integer({ min: 1, max: 120 })), { seed: 7, numRuns: 600 });
  await Promise.all(
    steps.map(async ([what, at, points]) => {
      const [customerId, key] = [pick(people, at), pick(keys, at)];
      const orderId = at % 5 === 0 ? pick(orders, at) : newId();
      switch (what) {
        case 0:
          return earnPoints(
            pool.orm,
            { orderId, customerId, channel: 'web', total: EUR(points), placedAt },
            { points, qualifying: points, dueAt: placedAt, expiryMonths: 1 },
          );
        case 1:
          return refundOrder(pool.orm, { orderId: pick(orders, at), refundId: newId(), total: EUR(points) });
        case 2:
          return holdPoints(pool.orm, { key, customerId, points, amount: EUR(points), ttlS: 600 });
        case 3:
          return confirmHolds(pool.orm, key);
        case 4:
          return releaseHolds(pool.orm, key);
        case 5:
          return adjustPoints(pool.orm, {
            customerId,
            points: at % 2 ? points : -points,
            reference: newId(),
            fingerprint: '',
            actor: 'test',
            note: 'Why',
            expiryMonths: null,
          });
        case 6:
          return returnPoints(pool.orm, { key, amount: EUR(points), reference: newId() });
        default:
          return holdPoints(pool.orm, { key: newId(), customerId, points, amount: EUR(points), ttlS: 600 });
      }
    }),
  );
  await audit(pool);
});
