import type { Database } from '@kontor/kit/src/database.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findReservation } from '../data/reservations.ts';
import { demandOf, differences, levelOf, makeChannel, makeVariant, upTo, versionsOf } from '../fixture.ts';
import { createEndReservation } from './end-reservation.ts';
import { startSweeper, sweep } from './expire-holds.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
/** A process for which an hour more has gone by. */
let later: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  later = testDb.open('stock', { nowOffset: '1 hour' });
});
afterAll(() => testDb.drop());

/** Holds 2 of 5 units, of one variant or more, for ten minutes. */
async function hold(variantCount = 1) {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantIds = await Promise.all(upTo(variantCount).map(() => makeVariant(db, locationId, 5)));
  const demand = demandOf(channel, [variantIds.map((variantId) => ({ variantId, locationId, quantity: 2 }))]);
  expect((await createReserve(db)(demand)).kind).toBe('held');
  const levels = () => Promise.all(variantIds.map((variantId) => levelOf(db, variantId, locationId)));
  return { channel, locationId, variantIds, variantId: variantIds[0]!, key: demand.key, levels };
}

const FREE = { available: 5, reserved: 0, committed: 0 };
const HELD = { available: 3, reserved: 2, committed: 0 };
const SOLD = { available: 3, reserved: 0, committed: 2 };

describe('a held reservation', () => {
  it('is committed once, however often that is asked', async () => {
    const { key, levels, variantId } = await hold();
    const answers = await Promise.all(upTo(10).map(() => createEndReservation(db).commit(key)));
    expect(answers).toEqual(upTo(10).map(() => ({ done: true, status: 'COMMITTED' })));
    expect(await levels()).toEqual([SOLD]);
    expect((await versionsOf(db, variantId)).ledger).toEqual([1, 2, 3]);
  });

  it('is released once, and can not be committed then', async () => {
    const { key, levels } = await hold();
    expect(await createEndReservation(db).release(key)).toEqual({ done: true, status: 'RELEASED' });
    expect(await createEndReservation(db).release(key)).toEqual({ done: true, status: 'RELEASED' });
    expect(await createEndReservation(db).commit(key)).toEqual({ done: false, status: 'RELEASED' });
    expect(await levels()).toEqual([FREE]);
  });

  it('is MISSING under a key that nobody used', async () => {
    expect(await createEndReservation(db).commit('nobody')).toEqual({ done: false, status: 'MISSING' });
    expect(await createEndReservation(db).release('no\u0000body')).toEqual({ done: false, status: 'MISSING' });
  });

  it('expires when commit comes after its time but before the sweeper', async () => {
    const { key, levels } = await hold();
    expect((await findReservation(later, key))?.status).toBe('EXPIRED');
    expect(await levels()).toEqual([HELD]);
    expect(await createEndReservation(later).commit(key)).toEqual({ done: false, status: 'EXPIRED' });
    expect(await levels()).toEqual([FREE]);
    expect(await createEndReservation(db).commit(key)).toEqual({ done: false, status: 'EXPIRED' });
  });

  it('has one winner when commit, release and expiry race', async () => {
    const pools = [db, testDb.open('stock'), testDb.open('stock')];
    for (const round of upTo(15)) {
      const { key, variantIds, levels } = await hold(2);
      const pool = (index: number) => pools[(round + index) % pools.length]!;
      await Promise.all([
        createEndReservation(pool(0)).commit(key),
        createEndReservation(pool(1)).release(key),
        sweep(later),
        createEndReservation(pool(2)).commit(key),
      ]);
      const status = (await findReservation(db, key))?.status;
      expect(await levels()).toEqual(status === 'COMMITTED' ? [SOLD, SOLD] : [FREE, FREE]);
      const endings =
        await db.sql`select kind from stock.movements where variant_id = ${variantIds[0]!} and kind in ('COMMITTED', 'RELEASED', 'EXPIRED')`;
      expect(endings.map((row) => row['kind'] as string)).toEqual([status]);
    }
    expect(await differences(db)).toBe(0);
  });
});

describe('a hold that is over', () => {
  it('is ended by the sweeper, with its units available again', async () => {
    const { key, levels, variantId } = await hold(3);
    await sweep(db);
    expect(await levels()).toEqual([HELD, HELD, HELD]);
    await sweep(later);
    expect(await levels()).toEqual([FREE, FREE, FREE]);
    expect((await findReservation(db, key))?.status).toBe('EXPIRED');
    expect(await versionsOf(db, variantId)).toEqual({ ledger: [1, 2, 3], events: [1, 2, 3], current: 3 });
  });

  it('is swept in the background', async () => {
    const { levels } = await hold();
    const stop = startSweeper(later, silentLogger);
    await eventually(async () => expect(await levels()).toEqual([FREE]));
    await stop();
  });

  it('is ended once when several processes sweep at once', async () => {
    const { levels } = await hold(4);
    const sweepers = upTo(4).map(() => testDb.open('stock', { nowOffset: '1 hour', max: 2 }));
    await Promise.all(sweepers.map((sweeper) => sweep(sweeper)));
    expect(await levels()).toEqual([FREE, FREE, FREE, FREE]);
    expect(await differences(db)).toBe(0);
  });

  it('makes no false sold-out: who reserves ends it first, without the sweeper', async () => {
    const { channel, locationId, variantIds, levels } = await hold(2);
    const demand = demandOf(channel, [[{ variantId: variantIds[0]!, locationId, quantity: 5 }]]);
    expect((await createReserve(later)(demand)).kind).toBe('held');
    expect(await levels()).toEqual([{ available: 0, reserved: 5, committed: 0 }, FREE]);
    expect(await differences(db)).toBe(0);
  });

  it('makes no false sold-out when more are over than one round ends', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 250);
    const reserve = createReserve(db);
    await Promise.all(upTo(250).map(() => reserve(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]))));
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 0, reserved: 250, committed: 0 });
    const outcome = await createReserve(later)(demandOf(channel, [[{ variantId, locationId, quantity: 250 }]]));
    expect(outcome.kind).toBe('held');
    expect(await differences(db)).toBe(0);
  });
});
