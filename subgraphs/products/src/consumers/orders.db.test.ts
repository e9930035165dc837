import type { Database } from '@kontor/kit/src/database.ts';
import type { DomainEvent, EventBus } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { upsertProducts } from '../commands/upsert-products.ts';
import { orderScore } from '../domain/demand/demand-score.ts';
import { makeChannels, product } from '../fixture.ts';
import { consumeOrders } from './orders-order-placed.ts';

const NOW = new Date('2026-05-01T12:00:00.000Z');
const clock = { now: () => NOW };

let testDb: TestDatabase;
let db: Database;
/** The buses of two processes, whose consumers get different events. */
let bus: EventBus;
let rival: EventBus;
let products: { productId: string; variantIds: string[] }[];

beforeAll(async () => {
  testDb = await createTestDatabase(['products']);
  db = testDb.open('products');
  await makeChannels(db, 'web');
  [bus, rival] = [createMemoryBus(), createMemoryBus()];
  await consumeOrders(bus, db, clock);
  await consumeOrders(rival, testDb.open('products'), clock);
});
afterAll(() => testDb.drop());
beforeEach(async () => {
  await db.sql`truncate products.products, products.inbox cascade`;
  const handles = Array.from({ length: 120 }, (_, index) => `p${String(index).padStart(3, '0')}`);
  const results = await upsertProducts(
    db,
    handles.map((handle) => product(handle)),
    ['web'],
  );
  products = results.map(({ productId, variantIds }) => ({ productId: productId!, variantIds }));
});

const idOf = (index: number) => products[index]!.productId;
/** An order of products by their number; the second variant where the number is negative. */
const placed = (numbers: readonly number[], placedAt = NOW.toISOString()): DomainEvent => ({
  eventId: newId(),
  topic: 'orders.order.placed',
  key: newId(),
  occurredAt: placedAt,
  payload: {
    orderId: newId(),
    customerId: newId(),
    lines: numbers.map((n) => ({ variantId: products[Math.abs(n)]!.variantIds[n < 0 ? 1 : 0]!, quantity: 3 })),
    placedAt,
  },
});
const demand = async () => {
  const rows = await db.sql<
    { product_id: string; score: number }[]
  >`select product_id, score from products.product_demand`;
  return new Map(rows.map(({ product_id, score }) => [product_id, score]));
};
const pairsOf = async (index: number) => {
  const rows = await db.sql<{ other: string; score: number }[]>`
    select other_product_id as other, score from products.bought_together where product_id = ${idOf(index)} order by score desc, other_product_id`;
  return new Map(rows.map(({ other, score }) => [other, score]));
};
const popularity = async (index: number) => {
  const [row] = await db.sql<{ popularity: number }[]>`
    select popularity from products.search_documents where product_id = ${idOf(index)} and language = '' and channel_code = ''`;
  return row!.popularity;
};
const ONE = orderScore(NOW.getTime());

test('counts an order once, however often its event comes and however many units it has', async () => {
  const order = placed([1, -1, 2]);
  await bus.publish([order]);
  await Promise.all([bus.publish([order, order]), rival.publish([order])]);
  expect(await demand()).toEqual(
    new Map([
      [idOf(1), ONE],
      [idOf(2), ONE],
    ]),
  );
  expect(await pairsOf(1)).toEqual(new Map([[idOf(2), ONE]]));
  expect(await pairsOf(2)).toEqual(new Map([[idOf(1), ONE]]));
  expect(await popularity(1)).toBe(ONE);
  expect(await popularity(3)).toBe(0);
});

test('lets older orders count less: half for every thirty days', async () => {
  await bus.publish([placed([1, 2], '2026-04-01T12:00:00.000Z'), placed([3])]);
  const scores = await demand();
  expect(scores.get(idOf(3))! - scores.get(idOf(1))!).toBeCloseTo(1, 9);
  await bus.publish([placed([1], '2026-04-01T12:00:00.000Z')]);
  expect((await demand()).get(idOf(1))).toBeCloseTo(ONE, 9);
});

test('loses none of many orders of the same products that two processes count at once', async () => {
  const orders = Array.from({ length: 32 }, (_, index) => placed(index % 2 === 0 ? [1, 2, 3] : [3, 2, 1]));
  await Promise.all(orders.map((order, index) => (index % 2 === 0 ? bus : rival).publish([order])));
  const scores = await demand();
  for (const index of [1, 2, 3]) expect(scores.get(idOf(index))).toBeCloseTo(ONE + 5, 9);
  expect((await pairsOf(2)).get(idOf(3))).toBeCloseTo(ONE + 5, 9);
  expect(await popularity(2)).toBeCloseTo(ONE + 5, 9);
});

test('keeps the best pairs of a product and forgets the others', async () => {
  const orders = Array.from({ length: 119 }, (_, index) => placed([0, index + 1]));
  const best = Array.from({ length: 10 }, (_, index) => placed([0, index + 1]));
  await bus.publish([...best, ...orders]);
  const pairs = await pairsOf(0);
  expect(pairs.size).toBeLessThanOrEqual(100);
  expect([...pairs.keys()].slice(0, 10).sort()).toEqual(best.map((_, index) => idOf(index + 1)).sort());
});

test('passes over what is no order, and variants that are gone', async () => {
  const gone = { ...placed([1]), payload: { lines: [{ variantId: newId() }], placedAt: NOW.toISOString() } };
  await bus.publish([
    { ...placed([1]), payload: null },
    { ...placed([1]), payload: { lines: 'x' } },
    gone,
    placed([4]),
  ]);
  expect(await demand()).toEqual(new Map([[idOf(4), ONE]]));
});

test('keeps nothing of who bought', async () => {
  const order = placed([1, 2]);
  const { customerId, orderId } = order.payload as { customerId: string; orderId: string };
  await bus.publish([order]);
  const tables = await db.sql<{ name: string }[]>`
    select c.relname as name from pg_class c where c.relnamespace = 'products'::regnamespace and c.relkind = 'r'`;
  for (const { name } of tables) {
    const [row] = await db.sql<{ found: boolean }[]>`
      select exists (select 1 from ${db.sql(`products.${name}`)} t where t::text like any(${[`%${customerId}%`, `%${orderId}%`]})) as found`;
    expect({ name, found: row!.found }).toEqual({ name, found: false });
  }
});
