import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import type { TransactionSql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import { findReservation } from '../data/reservations.ts';
import { demandOf, differences, levelOf, makeChannel, makeVariant, reservers, upTo, versionsOf } from '../fixture.ts';
import { importLevels } from './import-levels.ts';
import { createReserve, type Reserve, type ReserveOutcome } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
/** Four pools stand for four processes. */
let processes: Reserve[];

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  processes = reservers(upTo(4).map(() => testDb.open('stock', { max: 5 })));
});
afterAll(() => testDb.drop());

const reserve = (...args: Parameters<Reserve>) => createReserve(db)(...args);
const at = (index: number): Reserve => processes[index % processes.length]!;
/** What only somebody could do who goes past the ledger on purpose: the trigger refuses everyone else. */
const pastTheLedger = (work: (tx: TransactionSql) => PromiseLike<unknown>[]) =>
  db.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await Promise.all(work(tx));
  });
const kinds = (outcomes: readonly ReserveOutcome[]) => outcomes.map(({ kind }) => kind);
const count = (outcomes: readonly ReserveOutcome[], kind: ReserveOutcome['kind']) =>
  kinds(outcomes).filter((each) => each === kind).length;

describe('reserve', () => {
  it('holds exactly 20 units when 200 shoppers of four processes race for them', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 20);
    const outcomes = await Promise.all(
      upTo(200).map((index) => at(index)(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]))),
    );
    expect(count(outcomes, 'held')).toBe(20);
    expect(count(outcomes, 'short')).toBe(180);
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 0, reserved: 20, committed: 0 });
    // What four processes decide together in one batch is one version: how many there are is chance, that none is missing is not.
    const { ledger, events, current } = await versionsOf(db, variantId);
    expect({ ledger, events }).toEqual({ ledger: upTo(current), events: upTo(current) });
    const [row] = await db.sql`
      select count(*)::int as holds, sum(quantity)::int as units from stock.movements where variant_id = ${variantId} and kind = 'RESERVED'`;
    expect(row).toEqual({ holds: 20, units: 20 });
    expect(await differences(db)).toBe(0);
  });

  it('sums two lines of one variant, so that they are not held against the same unit', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 3);
    const twoLines = [
      { variantId, locationId, quantity: 2 },
      { variantId, locationId, quantity: 2 },
    ];
    expect(await reserve(demandOf(channel, [twoLines]))).toEqual({
      kind: 'short',
      variants: [{ variantId, requested: 4, available: 3 }],
    });
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 3, reserved: 0, committed: 0 });
  });

  it('holds nothing of one variant when another falls short, and names only that one', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const plenty = await makeVariant(db, locationId, 10);
    const scarce = await makeVariant(db, locationId, 1);
    const outcome = await reserve(
      demandOf(channel, [
        [
          { variantId: plenty, locationId, quantity: 2 },
          { variantId: scarce, locationId, quantity: 2 },
        ],
      ]),
    );
    expect(outcome).toEqual({ kind: 'short', variants: [{ variantId: scarce, requested: 2, available: 1 }] });
    expect(await levelOf(db, plenty, locationId)).toEqual({ available: 10, reserved: 0, committed: 0 });
    expect((await versionsOf(db, plenty)).current).toBe(1);
  });

  it('takes the second plan when the first does not hold', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const [near, far] = locationIds as [string, string];
    const variantId = await makeVariant(db, far, 5);
    const outcome = await reserve(
      demandOf(channel, [
        [{ variantId, locationId: near, quantity: 2 }],
        [{ variantId, locationId: far, quantity: 2 }],
      ]),
    );
    expect(outcome).toMatchObject({
      kind: 'held',
      reservation: { planIndex: 1, status: 'HELD', allocations: [{ variantId, locationId: far, quantity: 2 }] },
    });
    expect(await levelOf(db, variantId, far)).toEqual({ available: 3, reserved: 2, committed: 0 });
  });

  it('ignores a plan with a location that is not one of the channel', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const own = locationIds[0]!;
    const foreign = (await makeChannel(db)).locationIds[0]!;
    const variantId = await makeVariant(db, foreign, 5);
    const plan = (locationId: string) => [{ variantId, locationId, quantity: 1 }];
    expect(await reserve(demandOf(channel, [plan(foreign), plan(own)]))).toEqual({
      kind: 'short',
      variants: [{ variantId, requested: 1, available: 0 }],
    });
    expect(await levelOf(db, variantId, foreign)).toEqual({ available: 5, reserved: 0, committed: 0 });

    await saveChannel(db, { code: channel, revision: 2, locationIds: [own, foreign] });
    expect(await reserve(demandOf(channel, [plan(foreign), plan(own)]))).toMatchObject({
      kind: 'held',
      reservation: { planIndex: 0 },
    });
  });

  it('does not deadlock when carts share variants in opposite order', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const [a, b] = [await makeVariant(db, locationId, 100), await makeVariant(db, locationId, 100)];
    const line = (variantId: string) => ({ variantId, locationId, quantity: 1 });
    const outcomes = await Promise.all(
      upTo(100).map((index) => at(index)(demandOf(channel, [index % 2 ? [line(a), line(b)] : [line(b), line(a)]]))),
    );
    expect(count(outcomes, 'held')).toBe(100);
    expect(await levelOf(db, a, locationId)).toEqual({ available: 0, reserved: 100, committed: 0 });
    expect(await levelOf(db, b, locationId)).toEqual({ available: 0, reserved: 100, committed: 0 });
  });

  it('tells in the event what the channel can sell over all locations, also of one that was added while it waited', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const [first, second] = locationIds as [string, string];
    const variantId = await makeVariant(db, first, 5);
    const blocker = await testDb.open('stock').sql.reserve();
    await blocker`begin`;
    await blocker`select from stock.variant_versions where variant_id = ${variantId} for update`;
    const reserving = reserve(demandOf(channel, [[{ variantId, locationId: first, quantity: 1 }]]));
    await eventually(async () => {
      const [row] = await db.sql`select count(*)::int as waiting from pg_locks where not granted`;
      expect(row?.['waiting']).toBe(1);
    });
    await blocker`select set_config('stock.booking', 'on', true)`;
    await blocker`insert into stock.levels (variant_id, location_id, available) values (${variantId}, ${second}, 7)`;
    await blocker`commit`;
    blocker.release();
    expect((await reserving).kind).toBe('held');
    const [event] = await db.sql`
      select payload from stock.outbox where topic = 'stock.availability.changed' and key = ${variantId} order by seq desc limit 1`;
    expect(event?.['payload']).toMatchObject({ variants: [{ variantId, sellable: { [channel]: 11 } }] });
    await pastTheLedger((tx) => [
      tx`delete from stock.levels where variant_id = ${variantId} and location_id = ${second}`,
    ]);
  });

  it('books on a level whose row was made while it waited', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const [first, second] = locationIds as [string, string];
    const variantId = await makeVariant(db, first, 1);
    const blocker = await testDb.open('stock').sql.reserve();
    await blocker`begin`;
    await blocker`select from stock.variant_versions where variant_id = ${variantId} for update`;
    const reserving = reserve(demandOf(channel, [[{ variantId, locationId: second, quantity: 2 }]]));
    const importing = importLevels(db, second, [{ variantId, quantity: 9, reference: newId() }]);
    await eventually(async () => {
      const [row] =
        await db.sql`select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'stock-test'`;
      expect(row?.['waiting']).toBe(2);
    });
    await blocker`select stock.book(array[row(${variantId}, ${second}, 'RECEIVED', 3, null, 'AVAILABLE', null, 'test', null, null)::stock.entry])`;
    await blocker`commit`;
    blocker.release();
    expect((await reserving).kind).toBe('held');
    await importing;
    expect(await levelOf(db, variantId, second)).toMatchObject({ reserved: 2 });
    expect((await versionsOf(db, variantId)).ledger).toEqual(upTo(4));
    expect(await differences(db)).toBe(0);
  });

  it('answers InsufficientStock when units vanish past the locks, because the level refuses to be negative', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 1);
    const intruder = await testDb.open('stock').sql.reserve();
    await intruder`begin`;
    await intruder`select set_config('stock.booking', 'on', true)`;
    await intruder`update stock.levels set available = 0, damaged = 1 where variant_id = ${variantId}`;
    const reserving = reserve(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]));
    await eventually(async () => {
      const [row] = await db.sql`select count(*)::int as waiting from pg_locks where not granted`;
      expect(row?.['waiting']).toBe(1);
    });
    await intruder`commit`;
    intruder.release();
    expect(await reserving).toEqual({ kind: 'short', variants: [{ variantId, requested: 1, available: 0 }] });
    expect(await db.sql`select from stock.reservation_lines where variant_id = ${variantId}`).toHaveLength(0);
    await pastTheLedger((tx) => [
      tx`update stock.levels set available = 1, damaged = 0 where variant_id = ${variantId}`,
    ]);
  });

  it('holds nothing when its connection breaks, and holds once when it is asked again', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 5);
    const broken = createReserve(testDb.open('stock', { name: 'stock-broken', max: 1 }));
    const demand = demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]);
    const blocker = await testDb.open('stock').sql.reserve();
    await blocker`begin`;
    await blocker`select from stock.variant_versions where variant_id = ${variantId} for update`;
    const refused = expect(broken(demand)).rejects.toThrow();
    await eventually(async () => {
      const killed = await db.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stock-broken' and wait_event_type = 'Lock'`;
      expect(killed).toHaveLength(1);
    });
    await refused;
    await blocker`rollback`;
    blocker.release();
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 5, reserved: 0, committed: 0 });
    await eventually(async () => expect((await broken(demand)).kind).toBe('held'));
    expect((await broken(demand)).kind).toBe('held');
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 4, reserved: 1, committed: 0 });
  });

  it('sends one statement', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 5);
    const sent: string[] = [];
    const counted = createReserve(testDb.open('stock', { max: 1, onQuery: (query) => sent.push(query) }));
    await counted(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]));
    sent.length = 0;
    expect((await counted(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]))).kind).toBe('held');
    expect(sent).toHaveLength(1);
  });
});

describe('the key of a reservation', () => {
  it('makes one reservation when 50 requests with one key come at once', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 50);
    const demand = demandOf(channel, [[{ variantId, locationId, quantity: 2 }]]);
    const outcomes = await Promise.all(upTo(50).map((index) => at(index)(demand)));
    const ids = outcomes.map((outcome) => (outcome.kind === 'held' ? outcome.reservation.reservationId : outcome.kind));
    expect(new Set(ids).size).toBe(1);
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 48, reserved: 2, committed: 0 });
  });

  it('answers the components of a bundle, the first time as when it is repeated', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variants = [await makeVariant(db, locationId, 9), await makeVariant(db, locationId, 9)];
    const bundle = newId();
    const components = variants.map((variantId, index) => ({ variantId, quantity: index + 1 }));
    await saveBundles(db, [{ variantId: bundle, revision: 1, components }]);
    const demand = demandOf(channel, [
      [
        { variantId: bundle, locationId, quantity: 2 },
        { variantId: variants[0]!, locationId, quantity: 1 },
      ],
    ]);
    const first = await reserve(demand);
    expect(first).toMatchObject({
      kind: 'held',
      reservation: {
        allocations: [
          { variantId: variants[0], quantity: 3 },
          { variantId: variants[1], quantity: 4 },
        ],
      },
    });
    expect(await reserve(demand)).toEqual(first);
  });

  it('is refused for another demand, and nothing changes', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 9);
    const demand = demandOf(channel, [[{ variantId, locationId, quantity: 2 }]]);
    const first = await reserve(demand);
    expect(await reserve(demandOf(channel, [[{ variantId, locationId, quantity: 3 }]], { key: demand.key }))).toEqual({
      kind: 'keyReused',
    });
    expect(await reserve(demand)).toEqual(first);
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 7, reserved: 2, committed: 0 });
  });

  it('is won by one of two demands that share no variant and come at once', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    for (const round of upTo(10)) {
      const variants = [await makeVariant(db, locationId, 1), await makeVariant(db, locationId, 1)];
      const key = newId();
      const outcomes = await Promise.all(
        variants.map((variantId, index) =>
          at(round + index)(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]], { key })),
        ),
      );
      expect(kinds(outcomes).sort()).toEqual(['held', 'keyReused']);
      expect((await findReservation(db, key))?.allocations).toHaveLength(1);
    }
    expect(await differences(db)).toBe(0);
  });
});

describe('the tables themselves', () => {
  it('let no level be set below zero, not even by the role that owns them', async () => {
    const { locationIds } = await makeChannel(db);
    const variantId = await makeVariant(db, locationIds[0]!, 1);
    for (const state of ['available', 'reserved', 'committed', 'safety', 'damaged', 'inspection', 'incoming']) {
      const update = pastTheLedger((tx) => [
        tx`update stock.levels set ${tx(state)} = -1 where variant_id = ${variantId}`,
      ]);
      await expect(update).rejects.toMatchObject({ code: '23514', constraint_name: `levels_${state}_not_negative` });
    }
    expect(await levelOf(db, variantId, locationIds[0]!)).toEqual({ available: 1, reserved: 0, committed: 0 });
  });

  it('let no level be changed past the ledger', async () => {
    const { locationIds } = await makeChannel(db);
    const variantId = await makeVariant(db, locationIds[0]!, 1);
    const refused = { constraint_name: 'levels_through_ledger' };
    await expect(db.sql`update stock.levels set available = 9 where variant_id = ${variantId}`).rejects.toMatchObject(
      refused,
    );
    await expect(db.sql`delete from stock.levels where variant_id = ${variantId}`).rejects.toMatchObject(refused);
    await expect(db.sql`truncate stock.levels`).rejects.toMatchObject(refused);
    await expect(
      db.sql`insert into stock.levels (variant_id, location_id, available) values (${newId()}, ${locationIds[0]!}, 9)`,
    ).rejects.toMatchObject(refused);
    expect(await levelOf(db, variantId, locationIds[0]!)).toEqual({ available: 1, reserved: 0, committed: 0 });
  });

  it('let no ledger entry be changed, deleted or truncated', async () => {
    const before = await db.sql`select count(*) from stock.movements`;
    const refused = { constraint_name: 'movements_append_only' };
    await expect(db.sql`update stock.movements set quantity = 0`).rejects.toMatchObject(refused);
    await expect(db.sql`delete from stock.movements`).rejects.toMatchObject(refused);
    await expect(db.sql`truncate stock.movements`).rejects.toMatchObject(refused);
    expect(await db.sql`select count(*) from stock.movements`).toEqual(before);
  });
});
