import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asService } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importLevels } from '../commands/import-levels.ts';
import { makeChannel, makeVariant, orderUnits, productsWith, reserveThrough, run, startStock } from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let service: Service;
const orders = asService('orders');

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  service = await startStock(testDb.open('stock'), createMemoryBus(), productsWith([]));
});
afterAll(async () => {
  await service.stop();
  await testDb.drop();
});

const STATE = `reservationId key status planIndex expiresAt allocations { variantId locationId quantity shorted shipped waiting }`;
const USER_ERROR = `... on UserError { code message path }`;
const ask = async (field: string, input: Record<string, unknown>) => {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const fields = {
    reservationMove: `... on Reservation { ${STATE} } ... on InsufficientStock { variants { variantId requested available } } ... on ReservationDemandDiffers { open { variantId quantity } } ... on ReservationNotOpen { status }`,
    reservationExtend: `... on Reservation { ${STATE} } ... on ReservationNotOpen { status }`,
    reservationShip: `... on ReservationShipped { reservation { ${STATE} } lines { variantId locationId quantity short } } ... on ReservationLinesExceeded { lines { variantId locationId requested open } } ... on ReservationNotOpen { status }`,
    reservationCancel: `... on ReservationCancelled { reservation { ${STATE} } lines { variantId locationId quantity released } } ... on ReservationLinesExceeded { lines { variantId locationId requested open } } ... on ReservationNotOpen { status }`,
    saleBook: `... on SaleBooked { lines { variantId quantity short } }`,
  }[field]!;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ${fields} ${USER_ERROR} } }`;
  return (await run(service, orders, document, { input }))[field];
};

/** Two locations with five units each, and an order for three of the first. */
async function order() {
  const { channel, locationIds } = await makeChannel(db, 2);
  const [a, b] = locationIds as [string, string];
  const variantId = await makeVariant(db, a, 5);
  await importLevels(db, b, [{ variantId, quantity: 5, reference: newId() }]);
  const line = (locationId: string, quantity: number) => ({ variantId, locationId, quantity });
  const key = await orderUnits(db, channel, [line(a, 3)]);
  return { channel, a, b, variantId, key, line };
}

const NONE = { shorted: 0, shipped: 0, waiting: 0 };

describe('the internal graph', () => {
  it('moves, ships and cancels a reservation, and tells what became of each unit', async () => {
    const { a, b, key, line } = await order();
    const plans = [{ allocations: [line(b, 3)] }];
    expect(await ask('reservationMove', { key, plans })).toMatchObject({
      __typename: 'Reservation',
      status: 'COMMITTED',
      allocations: [{ ...line(b, 3), ...NONE }],
    });
    expect(await ask('reservationShip', { key, shipmentKey: newId(), lines: [line(b, 1)] })).toMatchObject({
      __typename: 'ReservationShipped',
      lines: [{ ...line(b, 1), short: 0 }],
      reservation: { allocations: [{ ...line(b, 3), ...NONE, shipped: 1 }] },
    });
    expect(await ask('reservationShip', { key, shipmentKey: newId(), lines: [line(a, 1)] })).toMatchObject({
      __typename: 'ReservationLinesExceeded',
      code: 'RESERVATION_LINES_EXCEEDED',
      path: ['input', 'lines'],
      lines: [{ locationId: a, requested: 1, open: 0 }],
    });
    expect(await ask('reservationCancel', { key, cancelKey: newId() })).toMatchObject({
      __typename: 'ReservationCancelled',
      lines: [{ ...line(b, 2), released: 2 }],
    });
    const query = `query ($key: String!) { reservation(key: $key) { ${STATE} } }`;
    expect((await run(service, orders, query, { key }))['reservation']).toMatchObject({
      status: 'COMMITTED',
      allocations: [{ ...line(b, 1), ...NONE, shipped: 1 }],
    });
  });

  it('answers an instant for the deadline of a hold that was extended', async () => {
    const { channel, a, line } = await order();
    const held = await reserveThrough(service, orders, line(a, 1), channel);
    const extended = await ask('reservationExtend', { key: held.key, ttlSeconds: 3_600 });
    expect(extended).toMatchObject({ __typename: 'Reservation', key: held.key, status: 'HELD' });
    expect(Date.parse(extended.expiresAt)).toBeGreaterThan(Date.parse(held.expiresAt));
    expect(extended.expiresAt).toBe(new Date(extended.expiresAt as string).toISOString());
  });

  it('books a sale and tells how many were short', async () => {
    const { channel, a, variantId, key } = await order();
    const sale = {
      key: newId(),
      channel,
      locationId: a,
      lines: [{ variantId, quantity: 6 }],
      soldAt: '2026-03-01T12:00:00Z',
    };
    const sold = { __typename: 'SaleBooked', lines: [{ variantId, quantity: 6, short: 1 }] };
    expect(await ask('saleBook', sale)).toEqual(sold);
    expect(await ask('saleBook', sale)).toEqual(sold);
    const query = `query ($key: String!) { reservation(key: $key) { ${STATE} } }`;
    expect((await run(service, orders, query, { key }))['reservation']).toMatchObject({
      allocations: [{ shorted: 3 }],
    });
  });

  it('answers each refusal as a type of its own', async () => {
    const { channel, a, b, variantId, key, line } = await order();
    const lines = [line(a, 1)];
    const plans = [{ allocations: [line(b, 9)] }];
    const soldAt = '2026-03-01T12:00:00Z';
    const sale = { key: newId(), channel, locationId: a, lines: [{ variantId, quantity: 1 }], soldAt };
    const shipmentKey = newId();
    await ask('reservationShip', { key, shipmentKey, lines });
    await ask('saleBook', sale);
    expect(await ask('reservationMove', { key, plans })).toMatchObject({
      __typename: 'ReservationDemandDiffers',
      code: 'RESERVATION_DEMAND_DIFFERS',
      path: ['input', 'plans'],
      open: [{ variantId, quantity: 2 }],
    });
    expect(await ask('reservationMove', { key, plans: [] })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'plans'],
    });
    expect(await ask('reservationMove', { key: 'nobody', plans })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'key'],
    });
    expect(await ask('reservationExtend', { key, ttlSeconds: 1 })).toMatchObject({
      __typename: 'ReservationNotOpen',
      code: 'RESERVATION_NOT_OPEN',
      status: 'COMMITTED',
    });
    expect(await ask('reservationExtend', { key, ttlSeconds: 0 })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'ttlSeconds'],
    });
    expect(await ask('reservationShip', { key, shipmentKey, lines: [line(a, 2)] })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      path: ['input', 'shipmentKey'],
    });
    expect(await ask('reservationCancel', { key, cancelKey: newId(), lines: [line(b, 1)] })).toMatchObject({
      __typename: 'ReservationLinesExceeded',
    });
    expect(await ask('saleBook', { ...sale, soldAt: '2026-03-02T12:00:00Z' })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      path: ['input', 'key'],
    });
    expect(await ask('saleBook', { ...sale, locationId: newId() })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'locationId'],
    });
    const tooMany = Array.from({ length: 101 }, () => ({ variantId, quantity: 10_000 }));
    expect(await ask('saleBook', { ...sale, lines: tooMany })).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_QUANTITY',
    });
  });

  it('tells what a plan that is sold ahead waits for', async () => {
    const { channel, a, variantId, line } = await order();
    await db.sql.begin(async (tx) => {
      await tx`select stock.lock_configuration()`;
      await tx`insert into stock.selling_policies (variant_id, kind, limit_quantity, version) values (${variantId}, 'BACKORDER', 9, 1)`;
      await tx`select stock.reconfigure()`;
    });
    const document = `mutation ($input: ReserveInput!) { reserve(input: $input) { ... on Reservation { ${STATE} } } }`;
    const input = { key: newId(), channel, ttlSeconds: 60, plans: [{ allocations: [{ ...line(a, 4), ahead: true }] }] };
    for (let calls = 0; calls < 2; calls += 1)
      expect((await run(service, orders, document, { input }))['reserve']).toMatchObject({
        allocations: [{ ...line(a, 4), ...NONE, waiting: 4 }],
      });
  });
});
