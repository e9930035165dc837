import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveBundles } from '../data/bundles.ts';
import { findReservation } from '../data/reservations.ts';
import {
  differences,
  holdUnits,
  levelOf,
  lineDifferences,
  makeChannel,
  makeVariant,
  orderUnits,
  upTo,
  versionsOf,
} from '../fixture.ts';
import { bookSale } from './book-sale.ts';
import { createEndReservation } from './end-reservation.ts';
import { createReserve } from './reserve.ts';
import { demandOf } from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let pools: Database[];
const till = serviceCaller('pos');
const soldAt = '2026-03-01T12:30:00.000Z';

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  pools = upTo(4).map(() => testDb.open('stock', { max: 3 }));
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  expect(await lineDifferences(db)).toBe(0);
  await testDb.drop();
});

async function shop(quantity: number) {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = await makeVariant(db, locationId, quantity);
  const line = (units: number) => ({ variantId, locationId, quantity: units });
  const sell = (units: number, key = newId(), through = db) =>
    bookSale(through, till, { key, channel, locationId, lines: [{ variantId, quantity: units }], soldAt });
  return { channel, locationId, variantId, line, sell, level: () => levelOf(db, variantId, locationId) };
}

const entriesOf = (variantId: string, version: number) =>
  db.sql`select kind::text, quantity, from_state::text as "from", to_state::text as "to", reason from stock.movements
    where variant_id = ${variantId} and version = ${version} order by entry`.then((rows) =>
    rows.map((row) => ({ ...row })),
  );
const remark = 'SOLD_AT 2026-03-01T12:30:00Z';

describe('a sale at a till', () => {
  it('takes what is available', async () => {
    const { variantId, sell, level } = await shop(5);
    expect(await sell(2)).toEqual({ kind: 'sold', lines: [{ variantId, quantity: 2, short: 0 }] });
    expect(await level()).toEqual({ available: 3, reserved: 0, committed: 0 });
    expect(await entriesOf(variantId, 2)).toEqual([
      { kind: 'SHIPPED', quantity: 2, from: 'AVAILABLE', to: null, reason: remark },
    ]);
    expect(await db.sql`select from stock.exceptions where variant_id = ${variantId}`).toEqual([]);
  });

  it('is booked whatever was promised: holds lose before orders, the newest first, and hear of it', async () => {
    const { channel, locationId, variantId, line, sell, level } = await shop(10);
    const oldOrder = await orderUnits(db, channel, [line(2)]);
    const newOrder = await orderUnits(db, channel, [line(2)]);
    const oldHold = await holdUnits(db, channel, [line(2)]);
    const newHold = await holdUnits(db, channel, [line(2)]);
    expect(await sell(7)).toEqual({ kind: 'sold', lines: [{ variantId, quantity: 7, short: 0 }] });
    const lost = async (key: string) => (await findReservation(db, key))?.allocations.map(({ shorted }) => shorted);
    expect(await Promise.all([oldOrder, newOrder, oldHold, newHold].map(lost))).toEqual([[0], [1], [2], [2]]);
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 3 });
    expect(await createEndReservation(db).commit(newHold)).toEqual({ done: false, status: 'SHORTED' });
    expect(await createEndReservation(db).commit(newOrder)).toEqual({ done: true, status: 'COMMITTED' });
    const events =
      await db.sql`select payload from stock.outbox where topic = 'stock.reservation.shorted' and key = ${newOrder}`;
    expect(events.map((row) => row['payload'] as object)).toMatchObject([
      { key: newOrder, channel, status: 'COMMITTED', variantId, locationId, quantity: 1 },
    ]);
  });

  it('is booked even when nothing is there: the rest is adjusted, with an exception that is told', async () => {
    const { locationId, variantId, sell, level } = await shop(3);
    const key = newId();
    expect(await sell(5, key)).toEqual({ kind: 'sold', lines: [{ variantId, quantity: 5, short: 2 }] });
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 0 });
    expect(await entriesOf(variantId, 2)).toEqual([
      { kind: 'ADJUSTED', quantity: 2, from: null, to: 'AVAILABLE', reason: 'OFFLINE_OVERSELL' },
      { kind: 'SHIPPED', quantity: 5, from: 'AVAILABLE', to: null, reason: remark },
    ]);
    const exception = { kind: 'OFFLINE_OVERSELL', quantity: 2, reference: `sale:${key}` };
    const rows =
      await db.sql`select kind, quantity, reference, note from stock.exceptions where variant_id = ${variantId}`;
    expect(rows.map((row) => ({ ...row }))).toEqual([{ ...exception, note: remark }]);
    const [event] =
      await db.sql`select payload from stock.outbox where topic = 'stock.exception.raised' and key = ${variantId}`;
    expect(event?.['payload']).toMatchObject({ ...exception, variantId, locationId });
  });

  it('books a variant that never had stock', async () => {
    const { channel, locationId } = await shop(1);
    const variantId = newId();
    const lines = [
      { variantId, quantity: 1 },
      { variantId: variantId.toUpperCase(), quantity: 2 },
    ];
    expect(await bookSale(db, till, { key: newId(), channel, locationId, lines, soldAt })).toEqual({
      kind: 'sold',
      lines: [{ variantId, quantity: 3, short: 3 }],
    });
    expect(await versionsOf(db, variantId)).toEqual({ ledger: [1], events: [1], current: 1 });
  });

  it('books bundles as their components, one that two lines share once', async () => {
    const { channel, locationId, variantId, level } = await shop(7);
    const part = await makeVariant(db, locationId, 1);
    const bundle = newId();
    await saveBundles(db, [
      {
        variantId: bundle,
        revision: 1,
        components: [
          { variantId, quantity: 2 },
          { variantId: part, quantity: 1 },
        ],
      },
    ]);
    const lines = [
      { variantId: bundle, quantity: 3 },
      { variantId, quantity: 1 },
    ];
    expect(await bookSale(db, till, { key: newId(), channel, locationId, lines, soldAt })).toEqual({
      kind: 'sold',
      lines: [
        { variantId, quantity: 7, short: 0 },
        { variantId: part, quantity: 3, short: 2 },
      ].sort((x, y) => (x.variantId < y.variantId ? -1 : 1)),
    });
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 0 });
  });

  it('is booked once and answered alike when one key comes from several processes at once', async () => {
    const { variantId, sell, level } = await shop(3);
    const key = newId();
    const answers = await Promise.all(upTo(12).map((index) => sell(4, key, pools[index % 4])));
    expect(answers).toEqual(upTo(12).map(() => ({ kind: 'sold', lines: [{ variantId, quantity: 4, short: 1 }] })));
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 0 });
    expect(await versionsOf(db, variantId)).toEqual({ ledger: [1, 2], events: [1, 2], current: 2 });
    expect(await sell(3, key)).toEqual({ kind: 'keyReused' });
  });

  it('against reservations books every unit that left, and no level falls below zero', async () => {
    const { channel, variantId, line, sell, level } = await shop(30);
    const reserves = pools.map(createReserve);
    const [sales, holds] = await Promise.all([
      Promise.all(upTo(12).map((index) => sell(3, newId(), pools[index % 4]))),
      Promise.all(upTo(12).map((index) => reserves[index % 4]!(demandOf(channel, [[line(2)]])))),
    ]);
    const short = sales
      .flatMap((sale) => (sale.kind === 'sold' ? sale.lines : []))
      .reduce((sum, each) => sum + each.short, 0);
    expect(sales.every(({ kind }) => kind === 'sold')).toBe(true);
    expect(holds.every(({ kind }) => kind === 'held' || kind === 'short')).toBe(true);
    const after = (await level())!;
    expect(after.available + after.reserved + after.committed).toBe(30 - 36 + short);
    expect(short).toBe(6);
    const { ledger, current } = await versionsOf(db, variantId);
    expect(ledger).toEqual(upTo(current));
  });

  it('is refused for an unknown location and for input that is none, and leaves nothing behind', async () => {
    const { channel, locationId, variantId, level } = await shop(3);
    const key = newId();
    const sale = { key, channel, locationId, lines: [{ variantId, quantity: 1 }], soldAt };
    const stranger = newId();
    expect(
      await bookSale(db, till, { ...sale, locationId: newId(), lines: [{ variantId: stranger, quantity: 1 }] }),
    ).toEqual({ kind: 'unknownLocation' });
    expect(await db.sql`select from stock.variant_versions where variant_id = ${stranger}`).toEqual([]);
    expect(await bookSale(db, till, { ...sale, locationId: 'no id' })).toEqual({ kind: 'unknownLocation' });
    for (const wrong of [
      { key: '' },
      { channel: '' },
      { soldAt: '0000-01-01T00:00:00.000Z' },
      { soldAt: 'yesterday' },
      { lines: [] },
      { lines: upTo(201).map(() => ({ variantId, quantity: 1 })) },
      { lines: [{ variantId: '__proto__', quantity: 1 }] },
      { lines: [{ variantId, quantity: 0 }] },
      { lines: [{ variantId, quantity: 10_001 }] },
    ])
      expect(await bookSale(db, till, { ...sale, ...wrong })).toMatchObject({ kind: 'invalid' });
    expect(
      await bookSale(db, till, { ...sale, lines: upTo(101).map(() => ({ variantId, quantity: 10_000 })) }),
    ).toEqual({ kind: 'tooLarge' });
    expect(await level()).toEqual({ available: 3, reserved: 0, committed: 0 });
    expect(await bookSale(db, till, sale)).toMatchObject({ kind: 'sold' });
  });
});
