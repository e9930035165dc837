import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findReservation } from '../data/reservations.ts';
import { differences, holdUnits, levelOf, lineDifferences, makeChannel, makeVariant, orderUnits } from '../fixture.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { createEndReservation } from './end-reservation.ts';
import { startSweeper, sweep } from './expire-holds.ts';
import { createReservationPurge } from './purge-reservations.ts';
import { shipReservation } from './ship-reservation.ts';

let testDb: TestDatabase;
let db: Database;
/** Processes for which 29 and 31 days more have gone by. */
let before: Database;
let after: Database;

beforeEach(async () => {
  await testDb?.drop();
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  before = testDb.open('stock', { nowOffset: '29 days' });
  after = testDb.open('stock', { nowOffset: '31 days' });
});
afterAll(() => testDb.drop());

/** One reservation in each state: what may be forgotten, and what may not. */
async function reservations() {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = await makeVariant(db, locationId, 20);
  const line = (quantity: number) => ({ variantId, locationId, quantity });
  const ship = async (units: number, quantity: number) => {
    const key = await orderUnits(db, channel, [line(quantity)]);
    await shipReservation(db, serviceCaller('orders'), { key, shipmentKey: newId(), lines: [line(units)] });
    return key;
  };
  const released = await holdUnits(db, channel, [line(1)]);
  await createEndReservation(db).release(released);
  const cancelled = await orderUnits(db, channel, [line(1)]);
  await cancelReservation(db, { key: cancelled, cancelKey: newId(), lines: null });
  const over = await holdUnits(db, channel, [line(1)]);
  await sweep(testDb.open('stock', { nowOffset: '1 hour' }));
  return {
    done: [released, cancelled, over, await ship(2, 2)],
    open: [await orderUnits(db, channel, [line(1)]), await ship(1, 2)],
    level: () => levelOf(db, variantId, locationId),
  };
}

const pass = async (through: Database, batch: number, turns: number) => {
  const purge = createReservationPurge(through, batch);
  await purge.turn(true);
  for (let turn = 0; turn < turns; turn += 1) await purge.turn(false);
};
const known = async (keys: readonly string[]) =>
  (await Promise.all(keys.map((key) => findReservation(db, key)))).map((each) => each !== null);

describe('a purge', () => {
  it('forgets what ended more than 30 days ago, and nothing that is open', async () => {
    const { done, open, level } = await reservations();
    const levelBefore = await level();
    await pass(before, 100, 1);
    expect(await known(done)).toEqual([true, true, true, true]);
    await pass(after, 100, 1);
    expect(await known(done)).toEqual([false, false, false, false]);
    expect(await known(open)).toEqual([true, true]);
    expect(await level()).toEqual(levelBefore);
    expect(
      await db.sql`select from stock.reservation_lines l where not exists (select from stock.reservations r where r.reservation_id = l.reservation_id)`,
    ).toEqual([]);
    expect(await differences(db)).toBe(0);
    expect(await lineDifferences(db)).toBe(0);
  });

  it('gets past those that stay, a few at a time, and does nothing when no pass is under way', async () => {
    const { done, open } = await reservations();
    const purge = createReservationPurge(after, 1);
    await purge.turn(false);
    expect(await known(done)).toEqual([true, true, true, true]);
    await purge.turn(true);
    expect(await known(done)).toEqual([false, true, true, true]);
    await pass(after, 1, 6);
    expect(await known(done)).toEqual([false, false, false, false]);
    expect(await known(open)).toEqual([true, true]);
  });

  it('passes by what somebody is busy with, and takes it the next time', async () => {
    const { done } = await reservations();
    await db.sql.begin(async (tx) => {
      await tx`select from stock.reservations where key = ${done[0]!} for update`;
      await pass(after, 100, 1);
      expect(await known(done)).toEqual([true, false, false, false]);
    });
    await pass(after, 100, 1);
    expect(await known(done)).toEqual([false, false, false, false]);
  });

  it('goes on in the background', async () => {
    const { done } = await reservations();
    const stop = startSweeper(after, silentLogger);
    await eventually(async () => expect(await known(done)).toEqual([false, false, false, false]));
    await stop();
  });
});
