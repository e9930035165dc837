import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepHolds } from './commands/accounts/sweep-holds.ts';
import { findAccounts, setLimit } from './data/accounts/accounts.ts';
import { confirmHolds, placeHold, purgeHolds, releaseHolds, reverseHold } from './data/accounts/holds.ts';
import { postTransaction } from './data/accounts/ledger.ts';

let database: TestDatabase;
let db: Database;
/** The same database an hour later: what was held has expired. */
let later: Database;
const statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { onQuery: (query) => void statements.push(query) });
  later = database.open('customers', { nowOffset: '1 hour' });
});
afterAll(() => database.drop());

/** An account of credit with a limit. */
const credit = async (limit: number) => {
  const name = { kind: 'CREDIT', ownerId: newId(), unit: 'EUR' } as const;
  await db.orm.transaction((tx) => setLimit(tx, name, limit));
  return {
    name,
    hold: (key: string, amount: number, on = db) => placeHold(on.orm, { ...name, key, amount, ttlS: 600 }),
    state: async () => {
      const [{ limit: at, balance, held, available } = { limit: 0, balance: 0, held: 0, available: 0 }] =
        await findAccounts(db.orm, 'CREDIT', [name.ownerId]);
      return { limit: at, balance, held, available };
    },
    pay: (reference: string, amount: number) =>
      postTransaction(db.orm, {
        kind: 'CREDIT_PAYMENT',
        reference,
        entries: [
          { account: name, amount },
          { counter: 'CREDIT_PAID', unit: 'EUR', amount: -amount },
        ],
      }),
  };
};

describe('placeHold', () => {
  it('sets an amount aside in one statement and repeats its answer', async () => {
    const account = await credit(1_000);
    const key = newId();
    statements.length = 0;
    expect(await account.hold(key, 600)).toEqual({ status: 'HELD', available: 400 });
    expect(statements.filter((statement) => statement.includes('customers.'))).toHaveLength(1);
    expect(await account.hold(key, 600)).toEqual({ status: 'HELD', available: 400 });
    expect(await account.hold(key, 601)).toEqual({ status: 'KEY_REUSED', available: 400 });
    expect(await account.state()).toEqual({ limit: 1_000, balance: 0, held: 600, available: 400 });
  });

  it('gives out exactly what there is when 50 ask at once', async () => {
    const account = await credit(1_000);
    const answers = await Promise.all(Array.from({ length: 50 }, () => account.hold(newId(), 100)));
    expect(answers.filter(({ status }) => status === 'HELD')).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 'INSUFFICIENT')).toHaveLength(40);
    expect(await account.state()).toEqual({ limit: 1_000, balance: 0, held: 1_000, available: 0 });
  });

  it('places one hold when one key asks many times at once, on one account or on two', async () => {
    const account = await credit(1_000);
    const other = await credit(1_000);
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 10 }, () => account.hold(key, 100)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['HELD']));
    expect((await account.state()).held).toBe(100);
    expect(await other.hold(key, 100)).toEqual({ status: 'KEY_REUSED', available: 1_000 });

    const raced = newId();
    const both = await Promise.all([account.hold(raced, 100), other.hold(raced, 100)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['HELD', 'KEY_REUSED']);
    expect((await account.state()).held + (await other.state()).held).toBe(200);
  });

  it('answers INSUFFICIENT for an account that nobody made', async () => {
    const hold = { key: newId(), kind: 'CREDIT', ownerId: newId(), unit: 'EUR', amount: 1, ttlS: 60 } as const;
    expect(await placeHold(db.orm, hold)).toEqual({ status: 'INSUFFICIENT', available: 0 });
  });

  it('gives the room of a hold that is over to whoever asks, without waiting for the sweeper', async () => {
    const account = await credit(100);
    const key = newId();
    expect(await account.hold(key, 100)).toEqual({ status: 'HELD', available: 0 });
    expect(await account.hold(newId(), 60, later)).toEqual({ status: 'HELD', available: 40 });
    expect(await confirmHolds(later.orm, key)).toEqual({ done: false, status: 'EXPIRED' });
    // Tried anew under its key it competes with what came meanwhile.
    expect(await account.hold(key, 100, later)).toEqual({ status: 'INSUFFICIENT', available: 40 });
  });

  it('refuses new holds, and nothing else, once the limit is below what is used', async () => {
    const account = await credit(1_000);
    const key = newId();
    await account.hold(key, 800);
    await db.orm.transaction((tx) => setLimit(tx, account.name, 500));
    expect(await account.hold(newId(), 1)).toEqual({ status: 'INSUFFICIENT', available: -300 });
    expect(await confirmHolds(db.orm, key)).toEqual({ done: true, status: 'CONFIRMED' });
    expect(await account.state()).toEqual({ limit: 500, balance: -800, held: 0, available: -300 });
  });
});

describe('the end of a hold', () => {
  it('confirms all kinds of a key through the ledger, once', async () => {
    const account = await credit(1_000);
    const budget = { kind: 'BUDGET', ownerId: newId(), unit: 'EUR' } as const;
    const second = { ...budget, ownerId: newId() };
    await db.orm.transaction(async (tx) => {
      await setLimit(tx, budget, 500);
      await setLimit(tx, second, 500);
    });
    const key = newId();
    await account.hold(key, 300);
    for (const name of [budget, second])
      expect((await placeHold(db.orm, { ...name, key, amount: 300, ttlS: 60 })).status).toBe('HELD');
    const answers = await Promise.all(Array.from({ length: 5 }, () => confirmHolds(db.orm, key)));
    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ done: true, status: 'CONFIRMED' })));
    expect(await account.state()).toEqual({ limit: 1_000, balance: -300, held: 0, available: 700 });
    expect(await releaseHolds(db.orm, key)).toEqual({ done: false, status: 'CONFIRMED' });
    for (const { ownerId } of [budget, second])
      expect(await findAccounts(db.orm, 'BUDGET', [ownerId])).toMatchObject([
        { balance: -300, held: 0, available: 200 },
      ]);
    // Repeating the hold of a confirmed key is the late duplicate of a request.
    expect(await account.hold(key, 300)).toEqual({ status: 'HELD', available: 700 });
  });

  it('knows one winner when confirming, releasing and expiring race', async () => {
    const account = await credit(100_000);
    const wins: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const key = newId();
      await account.hold(key, 100);
      const [confirmed, released] = await Promise.all([
        confirmHolds(db.orm, key),
        releaseHolds(db.orm, key),
        later.sql`select customers.expire_holds(100)`,
      ]);
      expect(confirmed.done).not.toBe(released.done);
      wins.push(confirmed.done ? 'CONFIRMED' : released.status);
      expect((await account.state()).held).toBe(0);
    }
    expect((await account.state()).balance).toBe(0 - 100 * wins.filter((each) => each === 'CONFIRMED').length);
  });

  it('keeps a released key released, and says that nothing is held under an unknown one', async () => {
    const account = await credit(100);
    const key = newId();
    await account.hold(key, 100);
    expect(await releaseHolds(db.orm, key)).toEqual({ done: true, status: 'RELEASED' });
    expect(await releaseHolds(db.orm, key)).toEqual({ done: true, status: 'RELEASED' });
    expect(await confirmHolds(db.orm, key)).toEqual({ done: false, status: 'RELEASED' });
    expect(await account.hold(key, 100)).toEqual({ status: 'KEY_REUSED', available: 100 });
    expect(await releaseHolds(db.orm, newId())).toEqual({ done: true, status: 'NONE' });
    expect(await confirmHolds(db.orm, newId())).toEqual({ done: true, status: 'NONE' });
  });

  it('sweeps holds that are over, once, and passes by accounts that are locked', async () => {
    const [busy, idle] = [await credit(100), await credit(100)];
    await busy.hold(newId(), 10);
    await idle.hold(newId(), 10);
    await db.orm.transaction(async (tx) => {
      await tx.execute(`select 1 from customers.accounts where owner_id = '${busy.name.ownerId}' for update`);
      await sweepHolds(later);
      expect((await idle.state()).held).toBe(0);
    });
    expect((await busy.state()).held).toBe(10);
    expect(await sweepHolds(later)).toBe(1);
    expect(await sweepHolds(later)).toBe(0);
    expect((await busy.state()).held).toBe(0);
  });

  it('gives back once for each reference and never more than was confirmed', async () => {
    const account = await credit(1_000);
    const [key, open, first, second] = [newId(), newId(), newId(), newId()];
    await account.hold(key, 500);
    await confirmHolds(db.orm, key);
    await account.hold(open, 100);
    const give = (amount: number, reference: string, of = key) =>
      reverseHold(db.orm, { key: of, kind: 'CREDIT', amount, reference });
    expect(await give(200, first)).toEqual({ status: 'REVERSED', remaining: 300 });
    expect(await give(200, first)).toEqual({ status: 'REPEATED', remaining: 300 });
    expect(await give(201, first)).toEqual({ status: 'REFERENCE_REUSED', remaining: 300 });
    expect(await give(301, second)).toEqual({ status: 'EXCEEDED', remaining: 300 });
    expect(await give(1, newId(), open)).toEqual({ status: 'NONE', remaining: 0 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => give(100, newId())));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'EXCEEDED'),
      ...Array.from({ length: 3 }, () => 'REVERSED'),
    ]);
    expect(await account.state()).toEqual({ limit: 1_000, balance: 0, held: 100, available: 900 });
  });
});

describe('purgeHolds', () => {
  it('forgets what was released or expired 30 days ago, and nothing that is held or confirmed', async () => {
    const account = await credit(1_000);
    const [released, confirmed, expired] = [newId(), newId(), newId()];
    for (const key of [released, confirmed, expired]) await account.hold(key, 100);
    await releaseHolds(db.orm, released);
    await confirmHolds(db.orm, confirmed);
    await sweepHolds(later);
    const keys = async () => {
      const rows = await db.sql<{ key: string }[]>`
        select h.hold_key as key from customers.holds h join customers.accounts a using (account_id) where a.owner_id = ${account.name.ownerId}`;
      return rows.map(({ key }) => key).sort();
    };
    await purgeHolds(later.orm, 1_000);
    expect(await keys()).toEqual([released, confirmed, expired].sort());
    await purgeHolds(database.open('customers', { nowOffset: '31 days' }).orm, 1_000);
    expect(await keys()).toEqual([confirmed]);
    expect(await account.state()).toEqual({ limit: 1_000, balance: -100, held: 0, available: 900 });
  });
});

describe('postTransaction', () => {
  it('posts once for each reference when many post it at once', async () => {
    const account = await credit(1_000);
    const key = newId();
    await account.hold(key, 1_000);
    await confirmHolds(db.orm, key);
    const reference = newId();
    const answers = await Promise.all(Array.from({ length: 10 }, () => account.pay(reference, 400)));
    expect(answers.filter(({ status }) => status === 'POSTED')).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 'REPEATED')).toHaveLength(9);
    expect((await account.pay(reference, 401)).status).toBe('REFERENCE_REUSED');
    expect(await account.state()).toEqual({ limit: 1_000, balance: -600, held: 0, available: 400 });
  });

  it('posts one of two that use a reference for different accounts at once', async () => {
    const [one, other] = [await credit(0), await credit(0)];
    const reference = newId();
    const answers = await Promise.all([one.pay(reference, 100), other.pay(reference, 100)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['POSTED', 'REFERENCE_REUSED']);
    expect((await one.state()).balance + (await other.state()).balance).toBe(100);
  });

  it('debits no account beyond what is available of it', async () => {
    const account = await credit(100);
    await account.hold(newId(), 60);
    expect(await account.pay(newId(), -41)).toEqual({ status: 'INSUFFICIENT', available: 40 });
    expect((await account.pay(newId(), -40)).status).toBe('POSTED');
    expect(await account.state()).toEqual({ limit: 100, balance: -40, held: 60, available: 0 });
  });

  it('moves between accounts in both directions at once without a deadlock', async () => {
    const [one, other] = [await credit(10_000), await credit(10_000)];
    const move = (from: typeof one, to: typeof one) =>
      postTransaction(db.orm, {
        kind: 'CREDIT_MOVE',
        reference: newId(),
        entries: [
          { account: from.name, amount: -10 },
          { account: to.name, amount: 10 },
        ],
      });
    const moves = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? move(one, other) : move(other, one))),
    );
    expect(moves.every(({ status }) => status === 'POSTED')).toBe(true);
    expect([(await one.state()).balance, (await other.state()).balance]).toEqual([0, 0]);
  });

  it('refuses entries that are not zero together, of another unit than their account, and points without their lots', async () => {
    const account = await credit(100);
    const unbalanced = postTransaction(db.orm, {
      kind: 'CREDIT_PAYMENT',
      reference: newId(),
      entries: [
        { account: account.name, amount: 10 },
        { counter: 'CREDIT_PAID', unit: 'USD', amount: -10 },
      ],
    });
    await expect(unbalanced).rejects.toMatchObject({ cause: { constraint_name: 'ledger_balanced' } });
    const points = JSON.stringify([
      { kind: 'POINTS', owner: newId(), unit: 'POINTS', amount: 5 },
      { counter: 'POINTS_ISSUED', unit: 'POINTS', amount: -5 },
    ]);
    await expect(
      db.sql`select customers.post_transaction('EARN', 'once', '', null, null, ${points}::jsonb)`,
    ).rejects.toThrow('points are posted by the functions of loyalty');
    const [{ id } = { id: '' }] = await db.sql<{ id: string }[]>`
      select account_id as id from customers.accounts where owner_id = ${account.name.ownerId}`;
    await expect(
      db.sql`select customers.book('CREDIT_PAYMENT', ${newId()}, '', null, array[${id}, null]::uuid[], array[null, 'CREDIT_PAID'],
        array['USD', 'USD'], array[5, -5]::bigint[])`,
    ).rejects.toMatchObject({ constraint_name: 'ledger_unit' });
    expect(await account.state()).toEqual({ limit: 100, balance: 0, held: 0, available: 100 });
  });
});

describe('the ledger', () => {
  it.each([
    'update customers.ledger_entries set amount = 1',
    'delete from customers.ledger_entries',
    'truncate customers.ledger_entries',
    "update customers.ledger_transactions set reference = 'other'",
    'delete from customers.ledger_transactions',
    'truncate customers.ledger_transactions cascade',
  ])('refuses: %s', async (statement) => {
    await expect(db.sql.unsafe(statement)).rejects.toMatchObject({ constraint_name: 'ledger_append_only' });
  });

  it('is the only way to a balance, as holds are to what is held', async () => {
    const account = await credit(100);
    const id = account.name.ownerId;
    for (const change of ['balance = 1', 'held = 1', 'balance = balance'])
      await expect(
        db.sql.unsafe(`update customers.accounts set ${change} where owner_id = '${id}'`),
      ).rejects.toMatchObject({ constraint_name: 'accounts_follow' });
    await expect(
      db.sql`insert into customers.accounts (account_id, kind, owner_id, unit, balance, created_at)
        values (${newId()}, 'CREDIT', ${newId()}, 'EUR', 5, now())`,
    ).rejects.toMatchObject({ constraint_name: 'accounts_follow' });
    expect(await account.state()).toEqual({ limit: 100, balance: 0, held: 0, available: 100 });
  });
});
