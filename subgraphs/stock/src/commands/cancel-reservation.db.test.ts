import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { cancelReservation } from './cancel-reservation.ts';
import { shipReservation } from './ship-reservation.ts';

let testDb: TestDatabase;
let db: Database;
let pools: Database[];
const service = serviceCaller('orders');

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

async function order(quantity: number) {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = await makeVariant(db, locationId, quantity);
  const line = (units: number) => ({ variantId, locationId, quantity: units });
  const key = await orderUnits(db, channel, [line(quantity)]);
  const cancel = (units: number | null, cancelKey = newId(), through = db) =>
    cancelReservation(through, { key, cancelKey, lines: units === null ? null : [line(units)] });
  const ship = (units: number, through = db) =>
    shipReservation(through, service, { key, shipmentKey: newId(), lines: [line(units)] });
  return { channel, locationId, variantId, key, line, cancel, ship, level: () => levelOf(db, variantId, locationId) };
}

describe('a cancellation', () => {
  it('makes committed units available again, in parts', async () => {
    const { variantId, line, cancel, level } = await order(5);
    expect(await cancel(2)).toMatchObject({
      kind: 'cancelled',
      lines: [{ ...line(2), released: 2 }],
      reservation: { status: 'COMMITTED', allocations: [{ ...line(3), shorted: 0, shipped: 0, waiting: 0 }] },
    });
    expect(await level()).toEqual({ available: 2, reserved: 0, committed: 3 });
    expect(await versionsOf(db, variantId)).toEqual({ ledger: upTo(4), events: upTo(4), current: 4 });
  });

  it('releases the reservation when nothing is left of it', async () => {
    const { key, cancel, level } = await order(5);
    expect(await cancel(null)).toMatchObject({
      kind: 'cancelled',
      reservation: { status: 'RELEASED', allocations: [] },
    });
    expect(await level()).toEqual({ available: 5, reserved: 0, committed: 0 });
    expect((await findReservation(db, key))?.status).toBe('RELEASED');
    expect(await cancel(null)).toEqual({ kind: 'notOpen', status: 'RELEASED' });
  });

  it('cancels what is not shipped, and nothing when all is', async () => {
    const { line, cancel, ship, level } = await order(5);
    await ship(3);
    expect(await cancel(3)).toMatchObject({ kind: 'tooMany', lines: [{ requested: 3, open: 2 }] });
    expect(await cancel(null)).toMatchObject({
      kind: 'cancelled',
      lines: [{ ...line(2), released: 2 }],
      reservation: { status: 'COMMITTED', allocations: [{ quantity: 3, shipped: 3 }] },
    });
    expect(await cancel(null)).toMatchObject({ kind: 'cancelled', lines: [] });
    expect(await level()).toEqual({ available: 2, reserved: 0, committed: 0 });
  });

  it('is made once and answered alike when one key comes from several processes at once', async () => {
    const { cancel, level } = await order(6);
    const cancelKey = newId();
    const answers = await Promise.all(upTo(12).map((index) => cancel(6, cancelKey, pools[index % 4])));
    expect(answers[0]).toMatchObject({ kind: 'cancelled' });
    expect(answers).toEqual(upTo(12).map(() => answers[0]));
    expect(await level()).toEqual({ available: 6, reserved: 0, committed: 0 });
    expect(await cancel(5, cancelKey)).toEqual({ kind: 'keyReused' });
  });

  it('takes lost units first, which are nowhere to be released', async () => {
    const { channel, locationId, variantId, line, cancel, level } = await order(5);
    const lines = [{ variantId, quantity: 2 }];
    await bookSale(db, service, { key: newId(), channel, locationId, lines, soldAt: '2026-01-01T00:00:00.000Z' });
    expect(await cancel(3)).toMatchObject({
      kind: 'cancelled',
      lines: [{ ...line(3), released: 1 }],
      reservation: { allocations: [{ quantity: 2, shorted: 0 }] },
    });
    expect(await level()).toEqual({ available: 1, reserved: 0, committed: 2 });
  });

  it('is refused for a hold, an unknown key and input that is none', async () => {
    const { channel, key, line, cancel, level } = await order(5);
    await cancel(2);
    const held = await holdUnits(db, channel, [line(1)]);
    expect(await cancelReservation(db, { key: held, cancelKey: newId(), lines: null })).toEqual({
      kind: 'notOpen',
      status: 'HELD',
    });
    expect(await cancelReservation(db, { key: 'nobody', cancelKey: newId(), lines: null })).toEqual({
      kind: 'missing',
    });
    expect(await cancelReservation(db, { key, cancelKey: '', lines: null })).toMatchObject({ kind: 'invalid' });
    expect(await cancelReservation(db, { key, cancelKey: newId(), lines: [line(0)] })).toMatchObject({
      kind: 'invalid',
    });
    expect(await level()).toEqual({ available: 1, reserved: 1, committed: 3 });
  });

  it('against shipments leaves each unit either available or outside', async () => {
    for (const round of upTo(8)) {
      const { variantId, cancel, ship, level } = await order(10);
      const [cancels, ships] = await Promise.all([
        Promise.all(upTo(6).map((index) => cancel(2, newId(), pools[(round + index) % 2]))),
        Promise.all(upTo(6).map((index) => ship(2, pools[2 + ((round + index) % 2)]))),
      ]);
      const cancelled = cancels.filter(({ kind }) => kind === 'cancelled').length;
      const shipped = ships.filter(({ kind }) => kind === 'shipped').length;
      expect(cancelled + shipped).toBe(5);
      expect(await level()).toEqual({ available: 2 * cancelled, reserved: 0, committed: 0 });
      const { ledger, current } = await versionsOf(db, variantId);
      expect(ledger).toEqual(upTo(current));
    }
  });
});
