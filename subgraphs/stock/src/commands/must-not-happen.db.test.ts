/** Defects of other systems, each a test that it is not one of ours. */
import type { Database } from '@kontor/kit/src/database.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import { findAvailability } from '../data/levels.ts';
import { toDemand } from '../domain/demand.ts';
import { demandOf, differences, levelOf, makeChannel, makeVariant, upTo, versionsOf } from '../fixture.ts';
import { createEndReservation } from './end-reservation.ts';
import { importLevels } from './import-levels.ts';
import { repairStock } from './repair-stock.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterAll(() => testDb.drop());

const level = (available: number, reserved: number, committed = 0) => ({ available, reserved, committed });

/** Runs while a variant is locked by somebody else, until `waiting` statements wait for it. */
async function behindLock(variantId: string, waiting: number, begin: () => void, meanwhile: () => Promise<unknown>) {
  const blocker = await testDb.open('stock').sql.reserve();
  await blocker`begin`;
  await blocker`select from stock.variant_versions where variant_id = ${variantId} for update`;
  begin();
  await eventually(async () =>
    expect(
      await db.sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    ).toHaveLength(waiting),
  );
  await meanwhile();
  await blocker`commit`;
  blocker.release();
}

describe('must not happen', () => {
  it('checking and reserving in two steps', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 1);
    const sent: string[] = [];
    const pool = testDb.open('stock', { max: 1, onQuery: (query) => sent.push(query) });
    await pool.sql`select 1`;
    sent.length = 0;
    const one = () => demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]);
    expect((await createReserve(pool)(one())).kind).toBe('held');
    // One statement decides and takes: there is no moment in between.
    expect(sent.filter((query) => !query.includes('pg_catalog'))).toHaveLength(1);
    expect((await createReserve(db)(one())).kind).toBe('short');
    expect(await levelOf(db, variantId, locationId)).toEqual(level(0, 1));
  });

  it('two lines or a bundle sharing one item checked separately', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const shared = await makeVariant(db, locationId, 5);
    const other = await makeVariant(db, locationId, 5);
    const [bundle, second] = [newId(), newId()];
    const components = [
      { variantId: shared, quantity: 2 },
      { variantId: other, quantity: 1 },
    ];
    await saveBundles(db, [
      { variantId: bundle, revision: 1, components },
      { variantId: second, revision: 1, components: [{ variantId: shared, quantity: 1 }] },
    ]);
    const of = (...lines: [string, number][]) =>
      demandOf(channel, [lines.map(([variantId, quantity]) => ({ variantId, locationId, quantity }))]);
    const reserve = createReserve(db);
    // Each line alone would do: 4 of 5 in two bundles, 2 of 5 by themselves, 2 of 5 in the other bundle.
    expect((await reserve(of([bundle, 2], [shared, 2]))).kind).toBe('short');
    expect((await reserve(of([shared, 3], [shared, 3]))).kind).toBe('short');
    expect((await reserve(of([bundle, 2], [second, 2]))).kind).toBe('short');
    expect(await levelOf(db, shared, locationId)).toEqual(level(5, 0));
    expect((await reserve(of([bundle, 1], [second, 2], [shared, 1]))).kind).toBe('held');
    expect(await levelOf(db, shared, locationId)).toEqual(level(0, 5));
    expect(await levelOf(db, other, locationId)).toEqual(level(4, 1));
  });

  it('13 over 10 + 15 split as 10 + 13', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const [ten, fifteen] = locationIds as [string, string];
    const variantId = await makeVariant(db, ten, 10);
    await importLevels(db, fifteen, [{ variantId, quantity: 15, reference: newId() }]);
    const split = (rest: number) => [
      { variantId, locationId: ten, quantity: 10 },
      { variantId, locationId: fifteen, quantity: rest },
    ];
    const oneOff = { key: newId(), channel, ttlSeconds: 60 };
    const thirteen = { allocations: [{ variantId, locationId: fifteen, quantity: 13 }] };
    expect(toDemand({ ...oneOff, plans: [thirteen, { allocations: split(13) }] }, isId)).toMatchObject({
      path: ['input', 'plans', '1'],
    });
    const outcome = await createReserve(db)(demandOf(channel, [split(3)]));
    expect(outcome).toMatchObject({ kind: 'held', reservation: { allocations: split(3) } });
    expect(await levelOf(db, variantId, ten)).toEqual(level(0, 10));
    expect(await levelOf(db, variantId, fifteen)).toEqual(level(12, 3));
  });

  it('a locked re-check that ignores what is already allocated', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 10);
    const demands = upTo(3).map(() => demandOf(channel, [[{ variantId, locationId, quantity: 4 }]]));
    const earlier = demandOf(channel, [[{ variantId, locationId, quantity: 2 }]]);
    expect((await createReserve(db)(earlier)).kind).toBe('held');
    let running: ReturnType<ReturnType<typeof createReserve>>[] = [];
    // Three processes wait, and each saw ten units, two of them held, before it did.
    await behindLock(
      variantId,
      3,
      () => (running = demands.map((demand) => createReserve(testDb.open('stock', { max: 1 }))(demand))),
      () => Promise.resolve(),
    );
    const kinds = (await Promise.all(running)).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['held', 'held', 'short']);
    await createEndReservation(db).commit(earlier.key);
    expect((await createReserve(db)(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]))).kind).toBe('short');
    expect(await levelOf(db, variantId, locationId)).toEqual(level(0, 8, 2));
  });

  it('counters drifting below zero with no repair', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 2);
    const demand = demandOf(channel, [[{ variantId, locationId, quantity: 2 }]]);
    expect((await createReserve(db)(demand)).kind).toBe('held');
    const processes = upTo(4).map(() => createEndReservation(testDb.open('stock', { max: 1 })));
    // Ended many times over, each unit comes back once.
    await Promise.all(upTo(40).map((index) => processes[index % 4]!.release(demand.key)));
    await Promise.all(upTo(40).map((index) => processes[index % 4]!.commit(demand.key)));
    expect(await levelOf(db, variantId, locationId)).toEqual(level(2, 0));
    for (const state of ['reserved', 'committed', 'available'])
      await expect(
        db.sql`select stock.book(array[row(${variantId}, ${locationId}, 'ADJUSTED', 3, ${state.toUpperCase()}, null, null, 'test', null, null)::stock.entry])`,
      ).rejects.toMatchObject({ constraint_name: `levels_${state}_not_negative` });
    expect(await levelOf(db, variantId, locationId)).toEqual(level(2, 0));
    expect(await differences(db)).toBe(0);

    // Should somebody get past the trigger on purpose, that is found, and the ledger says what is right.
    await db.sql.begin(async (tx) => {
      await tx`select set_config('stock.booking', 'on', true)`;
      await tx`update stock.levels set available = 7 where variant_id = ${variantId}`;
    });
    expect(await differences(db)).toBe(1);
    expect(await repairStock(db, { variantId, reason: 'an intruder', repairedBy: 'test' })).toMatchObject({
      repairedVariants: 1,
    });
    expect(await levelOf(db, variantId, locationId)).toEqual(level(2, 0));
    expect(await differences(db)).toBe(0);
  });

  it('order placement that emits no stock event', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 5);
    const demand = demandOf(channel, [[{ variantId, locationId, quantity: 2 }]]);
    await createReserve(db)(demand);
    expect(await versionsOf(db, variantId)).toEqual({ ledger: [1, 2], events: [1, 2], current: 2 });
    await createEndReservation(db).commit(demand.key);
    expect(await versionsOf(db, variantId)).toEqual({ ledger: [1, 2, 3], events: [1, 2, 3], current: 3 });
    const told = await db.sql<{ sellable: number }[]>`
      select (payload -> 'variants' -> 0 -> 'sellable' ->> ${channel})::int as sellable from stock.outbox
      where topic = 'stock.availability.changed' and key = ${variantId} order by seq`;
    expect(told.map(({ sellable }) => sellable)).toEqual([5, 3, 3]);
  });

  it('a listing that disagrees with checkout', async () => {
    const shelf = fc.record({
      first: fc.nat(6),
      second: fc.nat(6),
      elsewhere: fc.nat(6),
      per: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(shelf, async ({ first, second, elsewhere, per }) => {
        const { channel, locationIds } = await makeChannel(db, 3);
        const own = locationIds.slice(0, 2);
        await saveChannel(db, { code: channel, revision: 2, locationIds: own });
        const [variantId, bundle] = [newId(), newId()];
        for (const [index, quantity] of [first, second, elsewhere].entries())
          await importLevels(db, locationIds[index]!, [{ variantId, quantity, reference: newId() }]);
        await saveBundles(db, [{ variantId: bundle, revision: 1, components: [{ variantId, quantity: per }] }]);
        const reserve = createReserve(db);
        const listed = async (id: string) => (await findAvailability(db, channel, [id]))[0]!.sellableQuantity;
        // What is listed is taken to the last unit, wherever it lies; then there is no more, and the listing says so.
        for (const id of [bundle, variantId]) {
          let left = await listed(id);
          for (const locationId of own) {
            const { available } = (await levelOf(db, variantId, locationId)) ?? { available: 0 };
            const most = Math.floor(available / (id === bundle ? per : 1));
            if (most === 0) continue;
            const outcome = await reserve(demandOf(channel, [[{ variantId: id, locationId, quantity: most }]]));
            expect(outcome.kind).toBe('held');
            left -= most;
          }
          expect(left).toBe(0);
          expect(await listed(id)).toBe(0);
          const another = locationIds.map((locationId) => [{ variantId: id, locationId, quantity: 1 }]);
          expect((await reserve(demandOf(channel, another))).kind).toBe('short');
        }
      }),
      { seed: 20_260_803, numRuns: 12 },
    );
    expect(await differences(db)).toBe(0);
  });
});
