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
import { receiveStock } from './receive-stock.ts';
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
afterAll(() => testDb.drop());

/** An order over units of one variant. */
async function order(quantity: number, available = quantity) {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = await makeVariant(db, locationId, available);
  const line = (units: number) => ({ variantId, locationId, quantity: units });
  const key = await orderUnits(db, channel, [line(quantity)]);
  const ship = (units: number, shipmentKey = newId(), through = db) =>
    shipReservation(through, service, { key, shipmentKey, lines: [line(units)] });
  return { channel, locationId, variantId, key, line, ship, level: () => levelOf(db, variantId, locationId) };
}

const shippedEntries = (variantId: string) =>
  db.sql`select kind::text, quantity, from_state::text as "from", to_state::text as "to", reason, actor from stock.movements
    where variant_id = ${variantId} and actor = 'service:orders' order by version, entry`.then((rows) =>
    rows.map((row) => ({ ...row })),
  );

describe('a shipment', () => {
  it('books committed units out, in parts', async () => {
    const { variantId, line, ship, level } = await order(5, 8);
    expect(await ship(2)).toMatchObject({
      kind: 'shipped',
      lines: [{ ...line(2), short: 0 }],
      reservation: { status: 'COMMITTED', allocations: [{ ...line(5), shorted: 0, shipped: 2, waiting: 0 }] },
    });
    expect(await level()).toEqual({ available: 3, reserved: 0, committed: 3 });
    expect(await ship(3)).toMatchObject({ kind: 'shipped', reservation: { allocations: [{ shipped: 5 }] } });
    expect(await level()).toEqual({ available: 3, reserved: 0, committed: 0 });
    expect(await shippedEntries(variantId)).toEqual(
      [2, 3].map((quantity) => ({
        kind: 'SHIPPED',
        quantity,
        from: 'COMMITTED',
        to: null,
        reason: null,
        actor: 'service:orders',
      })),
    );
  });

  it('is booked once and answered alike when one shipment key comes from several processes at once', async () => {
    const { ship, level, variantId } = await order(6);
    const shipmentKey = newId();
    const answers = await Promise.all(upTo(12).map((index) => ship(4, shipmentKey, pools[index % 4])));
    expect(answers[0]).toMatchObject({ kind: 'shipped' });
    expect(answers).toEqual(upTo(12).map(() => answers[0]));
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 2 });
    expect(await versionsOf(db, variantId)).toEqual({ ledger: upTo(4), events: upTo(4), current: 4 });
  });

  it('never books more than was committed when many shipments race', async () => {
    const { ship, level } = await order(7, 20);
    const answers = await Promise.all(upTo(10).map((index) => ship(2, newId(), pools[index % 4])));
    expect(answers.filter(({ kind }) => kind === 'shipped')).toHaveLength(3);
    expect(answers.filter(({ kind }) => kind === 'tooMany')).toHaveLength(7);
    expect(await level()).toEqual({ available: 13, reserved: 0, committed: 1 });
  });

  it('refuses more than is open, a place that the reservation does not have, and leaves its key unused', async () => {
    const { key, line, ship, level, locationId } = await order(2);
    const shipmentKey = newId();
    expect(await ship(3, shipmentKey)).toEqual({
      kind: 'tooMany',
      lines: [{ variantId: line(1).variantId, locationId, requested: 3, open: 2 }],
    });
    const elsewhere = { ...line(1), locationId: newId() };
    expect(await shipReservation(db, service, { key, shipmentKey, lines: [line(1), elsewhere] })).toEqual({
      kind: 'tooMany',
      lines: [{ variantId: line(1).variantId, locationId: elsewhere.locationId, requested: 1, open: 0 }],
    });
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 2 });
    expect(await ship(2, shipmentKey)).toMatchObject({ kind: 'shipped' });
  });

  it('refuses a key that was used for another shipment, of this order or another', async () => {
    const { ship, level } = await order(4);
    const shipmentKey = newId();
    await ship(1, shipmentKey);
    expect(await ship(2, shipmentKey)).toEqual({ kind: 'keyReused' });
    const another = await order(4);
    expect(await another.ship(1, shipmentKey)).toEqual({ kind: 'keyReused' });
    expect([await level(), await another.level()]).toEqual([
      { available: 0, reserved: 0, committed: 3 },
      { available: 0, reserved: 0, committed: 4 },
    ]);
  });

  it('gives one key to one of two orders that race for it', async () => {
    for (const round of upTo(5)) {
      const [one, two] = [await order(1), await order(1)];
      const shipmentKey = newId();
      const answers = await Promise.all([
        one.ship(1, shipmentKey, pools[round % 2]),
        two.ship(1, shipmentKey, pools[(round + 1) % 2]),
      ]);
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['keyReused', 'shipped']);
      expect(((await one.level())?.committed ?? 0) + ((await two.level())?.committed ?? 0)).toBe(1);
    }
  });

  it('is refused for a hold, a reservation that ended and an unknown key, and for input that is none', async () => {
    const { channel, locationId, variantId, line, key, ship } = await order(2, 10);
    const held = await holdUnits(db, channel, [line(2)]);
    const lines = [line(1)];
    expect(await shipReservation(db, service, { key: held, shipmentKey: newId(), lines })).toEqual({
      kind: 'notOpen',
      status: 'HELD',
    });
    await cancelReservation(db, { key, cancelKey: newId(), lines: null });
    expect(await ship(1)).toEqual({ kind: 'notOpen', status: 'RELEASED' });
    expect(await shipReservation(db, service, { key: 'nobody', shipmentKey: newId(), lines })).toEqual({
      kind: 'missing',
    });
    expect(await shipReservation(db, service, { key, shipmentKey: '', lines })).toMatchObject({ kind: 'invalid' });
    expect(await shipReservation(db, service, { key, shipmentKey: newId(), lines: [] })).toMatchObject({
      kind: 'invalid',
    });
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 8, reserved: 2, committed: 0 });
  });

  it('is refused when something wrote past the ledger, and changes nothing', async () => {
    const { ship, level, variantId } = await order(3);
    const write = (committed: number) =>
      db.sql.begin(async (tx) => {
        await tx`select set_config('stock.booking', 'on', true)`;
        await tx`update stock.levels set committed = ${committed} where variant_id = ${variantId}`;
      });
    await write(1);
    const shipmentKey = newId();
    expect(await ship(2, shipmentKey)).toEqual({ kind: 'inconsistent' });
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 1 });
    await write(3);
    expect(await ship(2, shipmentKey)).toMatchObject({ kind: 'shipped' });
  });
});

describe('a shipment of units that the order had lost', () => {
  const soldAt = '2026-01-01T00:00:00.000Z';
  const sell = (
    channel: string,
    { variantId, locationId, quantity }: { variantId: string; locationId: string; quantity: number },
  ) => bookSale(db, service, { key: newId(), channel, locationId, lines: [{ variantId, quantity }], soldAt });

  it('is booked all the same: what was found is adjusted, with an exception', async () => {
    const { channel, key, variantId, locationId, line, ship, level } = await order(4);
    await sell(channel, line(3));
    const shipmentKey = newId();
    expect(await ship(4, shipmentKey)).toMatchObject({
      kind: 'shipped',
      lines: [{ ...line(4), short: 3 }],
      reservation: { allocations: [{ ...line(4), shorted: 0, shipped: 4, waiting: 0 }] },
    });
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 0 });
    expect((await shippedEntries(variantId)).slice(-2)).toEqual([
      {
        kind: 'ADJUSTED',
        quantity: 3,
        from: null,
        to: 'COMMITTED',
        reason: 'OFFLINE_OVERSELL',
        actor: 'service:orders',
      },
      { kind: 'SHIPPED', quantity: 4, from: 'COMMITTED', to: null, reason: null, actor: 'service:orders' },
    ]);
    const reference = `shipment:${shipmentKey}`;
    const [exception] =
      await db.sql`select kind, location_id, quantity, reference from stock.exceptions where variant_id = ${variantId}`;
    expect(exception).toEqual({ kind: 'SHIPPED_SHORT', location_id: locationId, quantity: 3, reference });
    const [event] =
      await db.sql`select payload from stock.outbox where topic = 'stock.exception.raised' and key = ${variantId}`;
    expect(event?.['payload']).toMatchObject({ kind: 'SHIPPED_SHORT', variantId, locationId, quantity: 3, reference });
    expect((await findReservation(db, key))?.status).toBe('COMMITTED');
  });

  it('takes what has become available before it adjusts', async () => {
    const { channel, variantId, locationId, line, ship, level } = await order(4);
    await sell(channel, line(3));
    await receiveStock(db, service, { variantId, locationId, quantity: 2, idempotencyKey: newId() });
    expect(await ship(4)).toMatchObject({ kind: 'shipped', lines: [{ short: 1 }] });
    expect(await level()).toEqual({ available: 0, reserved: 0, committed: 0 });
  });
});

it('leaves levels, ledger and lines equal', async () => {
  expect(await differences(db)).toBe(0);
  expect(await lineDifferences(db)).toBe(0);
});
