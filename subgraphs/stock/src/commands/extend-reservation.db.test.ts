import type { Database } from '@kontor/kit/src/database.ts';
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
} from '../fixture.ts';
import { createEndReservation } from './end-reservation.ts';
import { sweep } from './expire-holds.ts';
import { extendReservation } from './extend-reservation.ts';

let testDb: TestDatabase;
let db: Database;
/** A process for which half an hour more has gone by, and one for which an hour and a half has. */
let later: Database;
let muchLater: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  later = testDb.open('stock', { nowOffset: '30 minutes' });
  muchLater = testDb.open('stock', { nowOffset: '90 minutes' });
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  expect(await lineDifferences(db)).toBe(0);
  await testDb.drop();
});

/** Holds 2 of 5 units for ten minutes. */
async function hold() {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = await makeVariant(db, locationId, 5);
  const lines = [{ variantId, locationId, quantity: 2 }];
  return { channel, lines, key: await holdUnits(db, channel, lines), level: () => levelOf(db, variantId, locationId) };
}

const deadlines = (key: string) =>
  db.sql`select h.expires_at = r.expires_at as equal from stock.hold_deadlines h join stock.reservations r using (reservation_id) where r.key = ${key}`.then(
    (rows) => rows.map((row) => row['equal'] as boolean),
  );

describe('an extension', () => {
  it('lets a hold outlive the sweeper, and ends it later', async () => {
    const { key, level } = await hold();
    const before = await findReservation(db, key);
    const extended = await extendReservation(db, { key, ttlSeconds: 3_600 });
    expect(extended).toMatchObject({ kind: 'extended', reservation: { key, status: 'HELD' } });
    const after = await findReservation(db, key);
    expect(Date.parse(after!.expiresAt)).toBeGreaterThan(Date.parse(before!.expiresAt) + 2_900_000);
    expect(await deadlines(key)).toEqual([true]);
    await sweep(later);
    expect(await level()).toEqual({ available: 3, reserved: 2, committed: 0 });
    await sweep(muchLater);
    expect(await level()).toEqual({ available: 5, reserved: 0, committed: 0 });
    expect(await deadlines(key)).toEqual([]);
  });

  it('never makes a hold shorter', async () => {
    const { key } = await hold();
    const before = await findReservation(db, key);
    expect(await extendReservation(db, { key, ttlSeconds: 1 })).toMatchObject({ kind: 'extended' });
    expect((await findReservation(db, key))?.expiresAt).toBe(before?.expiresAt);
    expect(await deadlines(key)).toEqual([true]);
  });

  it('comes too late for a hold that is over, swept or not', async () => {
    const { key, level } = await hold();
    expect(await extendReservation(later, { key, ttlSeconds: 3_600 })).toEqual({ kind: 'notOpen', status: 'EXPIRED' });
    expect(await level()).toEqual({ available: 5, reserved: 0, committed: 0 });
    expect(await extendReservation(db, { key, ttlSeconds: 3_600 })).toEqual({ kind: 'notOpen', status: 'EXPIRED' });
  });

  it('is refused for an order, an unknown key and a time out of range', async () => {
    const { channel, lines } = await hold();
    const key = await orderUnits(db, channel, lines);
    expect(await extendReservation(db, { key, ttlSeconds: 60 })).toEqual({ kind: 'notOpen', status: 'COMMITTED' });
    expect(await extendReservation(db, { key: 'nobody', ttlSeconds: 60 })).toEqual({ kind: 'missing' });
    for (const ttlSeconds of [0, -1, 3_601, Number.NaN])
      expect(await extendReservation(db, { key, ttlSeconds })).toMatchObject({ kind: 'invalid' });
  });

  it('and the sweeper have one winner, and no deadline is left of a hold that ended', async () => {
    for (const round of upTo(12)) {
      const { key, level } = await hold();
      // For the one who extends, the hold is not over; for the sweeper it is, unless the extension came first.
      const rivals = [
        () => sweep(later),
        () => createEndReservation(db).commit(key),
        () => createEndReservation(db).release(key),
      ];
      const [extended] = await Promise.all([
        extendReservation(testDbPool(round), { key, ttlSeconds: 3_600 }),
        rivals[round % 3]!(),
      ]);
      const status = (await findReservation(db, key))!.status;
      expect(await deadlines(key)).toEqual(status === 'HELD' ? [true] : []);
      if (round % 3 === 0)
        expect([extended.kind, status]).toEqual(
          extended.kind === 'extended' ? ['extended', 'HELD'] : ['notOpen', 'EXPIRED'],
        );
      expect(await level()).toEqual(
        {
          HELD: { available: 3, reserved: 2, committed: 0 },
          COMMITTED: { available: 3, reserved: 0, committed: 2 },
        }[status as string] ?? { available: 5, reserved: 0, committed: 0 },
      );
    }
    expect(
      await db.sql`select from stock.hold_deadlines h where not exists (
        select from stock.reservations r where r.reservation_id = h.reservation_id and r.status = 'held' and r.expires_at = h.expires_at)`,
    ).toEqual([]);
  });
});

const extenders: Database[] = [];
/** One of two processes of its own. */
function testDbPool(round: number): Database {
  return (extenders[round % 2] ??= testDb.open('stock'));
}
