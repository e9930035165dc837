import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consumeHoldsOfOrders } from './consumers/holds-of-orders.ts';
import { findAccounts, setLimit } from './data/accounts/accounts.ts';
import { expireHolds, placeHold, releaseHolds } from './data/accounts/holds.ts';

let database: TestDatabase;
let db: Database;
/** The same database an hour later: what was held has expired. */
let later: Database;
const bus = createMemoryBus();
const logged: string[] = [];
const logger = createLogger('customers', 'error', { write: (line: string) => void logged.push(line) });

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
  later = database.open('customers', { nowOffset: '1 hour' });
  await consumeHoldsOfOrders(bus, later, logger);
});
afterAll(() => database.drop());

/** Credit of 1,000 of which 600 are held under a key. */
const held = async (ttlS: number) => {
  const name = { kind: 'CREDIT', ownerId: newId(), unit: 'EUR' } as const;
  const key = newId();
  await db.orm.transaction((tx) => setLimit(tx, name, 1_000));
  expect((await placeHold(db.orm, { ...name, key, amount: 600, ttlS })).status).toBe('HELD');
  logged.length = 0;
  return {
    ...{ name, key },
    state: async () => {
      const [account] = await findAccounts(db.orm, 'CREDIT', [name.ownerId]);
      return { balance: account!.balance, held: account!.held };
    },
  };
};
const tellPlaced = (holdKey: unknown) =>
  bus.publish([
    {
      ...{ eventId: newId(), topic: 'orders.order.placed', key: newId(), occurredAt: new Date().toISOString() },
      payload: { orderId: newId(), holdKey },
    },
  ]);

it('spends what an order holds when it was placed, once however often it is told', async () => {
  const { key, state } = await held(7_200);
  await tellPlaced(key);
  await tellPlaced(key);
  expect(await state()).toEqual({ balance: -600, held: 0 });
  expect(logged).toEqual([]);
});

it('does nothing for orders that hold nothing', async () => {
  logged.length = 0;
  await tellPlaced(null);
  await tellPlaced(newId());
  expect(logged).toEqual([]);
});

it('spends what had expired when it is heard of the order, where there is room for it', async () => {
  const { key, state } = await held(60);
  expect(await expireHolds(later.orm, 10)).toBe(1);
  await tellPlaced(key);
  expect(await state()).toEqual({ balance: -600, held: 0 });
  expect(logged).toEqual([]);
});

it('names the key in the log when what had expired was given to others, or was released', async () => {
  const { key, name, state } = await held(60);
  expect(await expireHolds(later.orm, 10)).toBe(1);
  expect((await placeHold(later.orm, { ...name, key: newId(), amount: 500, ttlS: 60 })).status).toBe('HELD');
  await tellPlaced(key);
  expect(await state()).toEqual({ balance: 0, held: 500 });
  expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([{ holdKey: key, outcome: 'EXPIRED' }]);

  const released = await held(7_200);
  await releaseHolds(db.orm, released.key);
  await tellPlaced(released.key);
  expect(await released.state()).toEqual({ balance: 0, held: 0 });
  expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([
    { holdKey: released.key, outcome: 'RELEASED' },
  ]);
});
