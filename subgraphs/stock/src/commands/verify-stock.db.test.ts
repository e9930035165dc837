import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { idAfter } from '../data/verification.ts';
import { demandOf, makeChannel, makeVariant, upTo } from '../fixture.ts';
import { corruptLevel, openLedger } from '../ledger-fixture.ts';
import { createEndReservation } from './end-reservation.ts';
import { importLevels } from './import-levels.ts';
import { remedyOf, repairStock } from './repair-stock.ts';
import { createReserve } from './reserve.ts';
import { verifyStock } from './verify-stock.ts';

let testDb: TestDatabase;
let db: Database;

// A database each: what one test breaks on purpose is no other's.
beforeEach(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterEach(() => testDb.drop());

const ALL = { variantId: null };
const repairAll = (variantId: string | null = null) =>
  repairStock(db, { variantId, reason: 'restored from a backup', repairedBy: 'operator:test' });
const nothing = { locationId: null, reservationId: null, state: null };

/** A variant with 10 units, of which 3 are held and 2 are sold. */
async function sold() {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = await makeVariant(db, locationId, 10);
  const reserve = createReserve(db);
  const hold = async (quantity: number) => {
    const demand = demandOf(channel, [[{ variantId, locationId, quantity }]]);
    const outcome = await reserve(demand);
    if (outcome.kind !== 'held') throw new Error('there is enough');
    return { key: demand.key, reservationId: outcome.reservation.reservationId };
  };
  const held = await hold(3);
  const order = await hold(2);
  await createEndReservation(db).commit(order.key);
  return { channel, locationId, variantId, held, order };
}

/** Everything that is kept of variants, to see that it stays. */
const stateOf = (variantIds: readonly string[]) =>
  db.sql`
    select l.*, v.version, v.changed_at, (select count(*)::int from stock.movements m where m.variant_id = l.variant_id) as entries
    from stock.levels l join stock.variant_versions v using (variant_id) where variant_id = any(${[...variantIds]}::uuid[]) order by 1, 2`.then(
    (rows) => rows.map((row) => ({ ...row })),
  );

it('finds nothing in what commands wrote, and counts what it compared', async () => {
  const { variantId } = await sold();
  await sold();

  expect(await verifyStock(db, ALL)).toEqual({ variantCount: 2, levelCount: 2, differenceCount: 0, differences: [] });
  expect(await verifyStock(db, { variantId })).toMatchObject({ variantCount: 1, levelCount: 1, differenceCount: 0 });
  expect(await repairAll()).toMatchObject({ repairedVariants: 0, repairedReservations: 0 });
});

it('finds levels that were written past the ledger, and sets them back with a note and a new version', async () => {
  const broken = await sold();
  const other = await sold();
  const { variantId, locationId } = broken;
  await corruptLevel(db, broken, 'available', 4);
  await corruptLevel(db, broken, 'damaged', 1);
  const untouched = await stateOf([other.variantId]);

  const { differences } = await verifyStock(db, ALL);
  const found = { what: 'LEVEL', variantId, locationId, reservationId: null };
  expect(differences).toEqual([
    { ...found, state: 'AVAILABLE', expected: 5, actual: 9 },
    { ...found, state: 'DAMAGED', expected: 0, actual: 1 },
  ]);
  expect((await verifyStock(db, { variantId: other.variantId })).differenceCount).toBe(0);

  const { repairId } = await repairAll();

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
  expect(await stateOf([other.variantId])).toEqual(untouched);
  expect(await stateOf([variantId])).toMatchObject([{ available: 5, reserved: 3, committed: 2, damaged: 0 }]);
  const notes = await db.sql`
    select kind, quantity, from_state, to_state, reason, actor from stock.movements where reference = ${`repair:${repairId}`} order by entry`;
  const note = { kind: 'ADJUSTED', reason: 'restored from a backup', actor: 'operator:test' };
  expect(notes.map((row) => ({ ...row }))).toEqual([
    { ...note, quantity: 4, from_state: null, to_state: 'AVAILABLE' },
    { ...note, quantity: 4, from_state: 'AVAILABLE', to_state: null },
    { ...note, quantity: 1, from_state: null, to_state: 'DAMAGED' },
    { ...note, quantity: 1, from_state: 'DAMAGED', to_state: null },
  ]);
  const [event] = await db.sql`
    select payload -> 'variants' -> 0 ->> 'version' as version from stock.outbox where topic = 'stock.availability.changed' and key = ${variantId} order by seq desc limit 1`;
  const [current] =
    await db.sql`select version + (select revision from stock.configuration) as version from stock.variant_versions where variant_id = ${variantId}`;
  expect(event?.['version']).toBe(String(current?.['version']));
});

it('makes a level that is gone anew', async () => {
  const broken = await sold();
  await db.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await tx`delete from stock.levels where variant_id = ${broken.variantId}`;
  });
  expect((await verifyStock(db, ALL)).differenceCount).toBe(3);

  await repairAll(broken.variantId);

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
  expect(await stateOf([broken.variantId])).toMatchObject([{ available: 5, reserved: 3, committed: 2 }]);
});

it('frees by entries what is reserved and committed for nobody', async () => {
  const { variantId, locationId, held, order } = await sold();
  await db.sql`delete from stock.reservation_lines where reservation_id in (${held.reservationId}, ${order.reservationId})`;
  const found = { what: 'LINES', variantId, locationId, reservationId: null, expected: 0 };
  expect((await verifyStock(db, ALL)).differences).toEqual([
    { ...found, state: 'COMMITTED', actual: 2 },
    { ...found, state: 'RESERVED', actual: 3 },
  ]);
  const [before] = await db.sql`select count(*)::int as count from stock.movements`;

  const { repairId } = await repairAll();

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
  expect(await stateOf([variantId])).toMatchObject([
    { available: 10, reserved: 0, committed: 0, entries: before?.['count'] + 2 },
  ]);
  const booked = await db.sql`
    select quantity, from_state, to_state, reason from stock.movements where reference = ${`repair:${repairId}`} order by quantity`;
  expect(booked.map((row) => ({ ...row }))).toEqual([
    { quantity: 2, from_state: 'COMMITTED', to_state: 'AVAILABLE', reason: 'restored from a backup' },
    { quantity: 3, from_state: 'RESERVED', to_state: 'AVAILABLE', reason: 'restored from a backup' },
  ]);
});

it('reserves for lines what is there, and shorts the newest for the rest', async () => {
  const { variantId, locationId, held } = await sold();
  await db.sql`update stock.reservation_lines set quantity = quantity + 7 where reservation_id = ${held.reservationId}`;
  expect((await verifyStock(db, ALL)).differences).toMatchObject([
    { what: 'LINES', state: 'RESERVED', expected: 10, actual: 3 },
  ]);

  const { repairId } = await repairAll();

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
  expect(await stateOf([variantId])).toMatchObject([{ available: 0, reserved: 8, committed: 2 }]);
  const [line] =
    await db.sql`select quantity, shorted from stock.reservation_lines where reservation_id = ${held.reservationId}`;
  expect({ ...line }).toEqual({ quantity: 10, shorted: 2 });
  const [event] = await db.sql`select payload from stock.outbox where topic = 'stock.reservation.shorted'`;
  expect(event?.['payload']).toMatchObject({
    key: held.key,
    status: 'HELD',
    variantId,
    locationId,
    quantity: 2,
    cause: `repair:${repairId}`,
  });
});

it('repairs a level and its lines at once, a unit given back in one state serving the other', async () => {
  const broken = await sold();
  await db.sql`update stock.reservation_lines set quantity = 1 where reservation_id = ${broken.held.reservationId}`;
  await db.sql`update stock.reservation_lines set quantity = 9 where reservation_id = ${broken.order.reservationId}`;
  await corruptLevel(db, broken, 'available', -5);

  await repairAll();

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
  expect(await stateOf([broken.variantId])).toMatchObject([{ available: 0, reserved: 1, committed: 9 }]);
});

it('finds holds without a deadline and deadlines without a hold, and repairs both', async () => {
  const { held, order } = await sold();
  await db.sql`delete from stock.hold_deadlines where reservation_id = ${held.reservationId}`;
  await db.sql`insert into stock.hold_deadlines (expires_at, reservation_id) values (now(), ${order.reservationId})`;
  const found = { ...nothing, what: 'DEADLINE', variantId: null };
  expect((await verifyStock(db, ALL)).differences).toEqual([
    { ...found, reservationId: held.reservationId, expected: 1, actual: 0 },
    { ...found, reservationId: order.reservationId, expected: 0, actual: 1 },
  ]);

  expect(await repairAll()).toMatchObject({ repairedVariants: 0, repairedReservations: 2 });

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
});

it('counts anew what was sold ahead, and goes on from the version of the ledger', async () => {
  const { variantId } = await sold();
  await db.sql`insert into stock.selling_policies (variant_id, kind, limit_quantity, sold_ahead, version) values (${variantId}, 'BACKORDER', 10, 4, 1)`;
  await db.sql`update stock.variant_versions set version = 2 where variant_id = ${variantId}`;
  expect((await verifyStock(db, ALL)).differences).toEqual([
    { ...nothing, what: 'VERSION', variantId, expected: 4, actual: 2 },
    { ...nothing, what: 'SOLD_AHEAD', variantId, expected: 0, actual: 4 },
  ]);

  await repairAll();

  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
});

it('tells of a gap in the ledger and leaves history as it is, because nobody knows what was there', async () => {
  const { variantId } = await sold();
  await db.sql`update stock.variant_versions set version = version + 1 where variant_id = ${variantId}`;
  const before = (await verifyStock(db, ALL)).differences;
  expect(before).toEqual([{ ...nothing, what: 'VERSION', variantId, expected: 4, actual: 5 }]);
  expect(before.map(remedyOf)).toEqual([null]);

  await repairAll();
  expect((await verifyStock(db, ALL)).differences).toEqual(before);

  const [{ locationId = '' } = {}] = await db.sql<{ locationId: string }[]>`
    select location_id as "locationId" from stock.levels where variant_id = ${variantId}`;
  await importLevels(db, locationId, [{ variantId, quantity: 20, reference: newId() }]);
  expect((await verifyStock(db, ALL)).differences).toEqual([
    { ...nothing, what: 'GAP', variantId, expected: 6, actual: 5 },
  ]);
});

it('finds no difference while others book, and repairs none twice when several repair at once', async () => {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantIds = await Promise.all(upTo(20).map(() => makeVariant(db, locationId, 1_000)));
  const reserve = createReserve(db);
  const book = async (variantId: string) => {
    const demand = demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]);
    await reserve(demand);
    await createEndReservation(db).commit(demand.key);
  };
  const work = Promise.all(upTo(5).flatMap(() => variantIds.map(book)));
  let working = true;
  void work.finally(() => (working = false));
  let rounds = 0;
  for (; working || rounds === 0; rounds += 1) expect((await verifyStock(db, ALL)).differences).toEqual([]);
  await work;
  expect(rounds).toBeGreaterThan(0);

  await Promise.all(variantIds.map((variantId) => corruptLevel(db, { variantId, locationId }, 'available', 1)));
  const repairs = await Promise.all(upTo(3).map(() => repairAll()));
  expect(repairs.reduce((sum, repair) => sum + repair.repairedVariants, 0)).toBe(variantIds.length);
  expect((await verifyStock(db, ALL)).differenceCount).toBe(0);
});

it('follows ids in the order of the database', () => {
  expect(idAfter('00000000-0000-0000-0000-000000000000')).toBe('00000000-0000-0000-0000-000000000001');
  expect(idAfter('0198ffff-ffff-ffff-ffff-ffffffffffff')).toBe('01990000-0000-0000-0000-000000000000');
  expect(idAfter('FFFFFFFF-ffff-ffff-ffff-ffffffffffff')).toBeNull();
});

it('compares 200,000 entries of three months part by part, and tells how far it is', async () => {
  const ledger = (await openLedger(testDb))();
  const { locationIds } = await makeChannel(ledger);
  await ledger.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await tx`insert into stock.variant_versions (variant_id, version) select gen_random_uuid(), 100 from generate_series(1, 2000)`;
    await tx`
      insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, to_state, reference, booked_at)
      select v.variant_id, n, 1, ${locationIds[0]!}, 'RECEIVED', 1, 'AVAILABLE', 'test', '2025-01-10T00:00Z'::timestamptz + n * interval '21 hours'
      from stock.variant_versions v cross join generate_series(1, 100) as n`;
    await tx`insert into stock.levels (variant_id, location_id, available) select variant_id, ${locationIds[0]!}, 100 from stock.variant_versions`;
  });
  const told: number[] = [];

  const { differences, ...counts } = await verifyStock(ledger, {
    variantId: null,
    onProgress: (done, total) => void told.push(done / total),
  });

  expect({ differences, ...counts }).toEqual({
    variantCount: 2_000,
    levelCount: 2_000,
    differenceCount: 0,
    differences: [],
  });
  expect(told).toEqual([0.5, 1, 1, 1]);
});
