import { serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StockOperation, StockOperationKind } from '../domain/stock-operation.ts';
import {
  demandOf,
  differences,
  entriesOf,
  levelOf,
  makeChannel,
  makeVariant,
  traceOf,
  upTo,
  versionsOf,
} from '../fixture.ts';
import { changeStock } from './change-stock.ts';
import { countStock } from './count-stock.ts';
import { createEndReservation } from './end-reservation.ts';
import { receiveStock } from './receive-stock.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
let pools: Database[];
const staff: Caller = { role: 'staff', subject: 'staff-1', channel: 'web', scopes: ['stock:write'] };

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  pools = [db, testDb.open('stock', { max: 4 }), testDb.open('stock', { max: 4 })];
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await testDb.drop();
});

async function command(quantity = 0) {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = quantity > 0 ? await makeVariant(db, locationId, quantity) : newId();
  return { channel, command: { variantId, locationId, idempotencyKey: newId() } };
}

type Place = Pick<StockOperation, 'variantId' | 'locationId'>;

const operation = (
  kind: StockOperationKind,
  { variantId, locationId }: Place,
  quantity: number,
  given: Partial<StockOperation> = {},
): StockOperation => ({
  kind,
  variantId,
  locationId,
  quantity,
  expectedQuantity: null,
  state: null,
  reason: kind === 'ADJUST' || kind === 'WRITE_OFF' ? 'because' : null,
  idempotencyKey: newId(),
  ...given,
});

const perform = (...given: Parameters<typeof operation>) => changeStock(db, staff, operation(...given));

/** Holds units of a level, in orders when committed. */
async function hold(channel: string, { variantId, locationId }: Place, quantity: number, isOrder = false) {
  const key = newId();
  const outcome = await createReserve(db)(demandOf(channel, [[{ variantId, locationId, quantity }]], { key }));
  if (outcome.kind !== 'held') throw new Error('the units are there');
  if (isOrder) await createEndReservation(db).commit(key);
  return { key, reservationId: outcome.reservation.reservationId };
}

const shortedOf = async (...keys: string[]) =>
  (
    await db.sql<{ key: string; payload: { quantity: number; status: string; cause: string } }[]>`
      select key, payload from stock.outbox where topic = 'stock.reservation.shorted' and key = any(${keys}::text[]) order by seq`
  ).map(({ key, payload: { quantity, status, cause } }) => ({ key, quantity, status, cause }));

describe('receiveStock', () => {
  it('books goods of a variant that never had stock, once per key, when fifty calls come at once', async () => {
    const { command: given } = await command();
    const changes = await Promise.all(
      upTo(50).map((index) => receiveStock(pools[index % 3]!, staff, { ...given, quantity: 7 })),
    );
    expect(changes[0]).toMatchObject({ kind: 'changed', level: { available: 7, reserved: 0 } });
    expect(changes).toEqual(upTo(50).map(() => changes[0]));
    expect(await versionsOf(db, given.variantId)).toEqual({ ledger: [1], events: [1], current: 1 });
  });

  it('answers a repeat what it answered first, whatever happened since', async () => {
    const { command: given } = await command();
    const first = await receiveStock(db, staff, { ...given, quantity: 7 });
    await perform('ADJUST', given, -5);
    expect(await receiveStock(db, staff, { ...given, quantity: 7 })).toEqual(first);
    expect(await receiveStock(db, staff, { ...given, variantId: given.variantId.toUpperCase(), quantity: 7 })).toEqual(
      first,
    );
    expect(await levelOf(db, given.variantId, given.locationId)).toMatchObject({ available: 2 });
  });

  it('refuses a key that was used for another input, and changes nothing', async () => {
    const { command: given } = await command();
    await receiveStock(db, staff, { ...given, quantity: 7 });
    const other = newId();
    const before = await traceOf(db, given.variantId, other);
    for (const reused of [
      { quantity: 8 },
      { quantity: 7, reason: 'found' },
      { quantity: 7, variantId: other },
      { quantity: 7, locationId: (await makeChannel(db)).locationIds[0]! },
    ])
      expect(await receiveStock(db, staff, { ...given, ...reused })).toEqual({ kind: 'keyReused' });
    expect(await perform('DAMAGE', given, 7, { idempotencyKey: given.idempotencyKey })).toEqual({ kind: 'keyReused' });
    expect(await traceOf(db, given.variantId, other)).toEqual({ ...before, events: expect.any(Number) as number });
  });

  it('books one of ten calls that come at once with one key for different variants', async () => {
    const { command: given } = await command();
    const variantIds = upTo(10).map(() => newId());
    const changes = await Promise.all(
      variantIds.map((variantId, index) =>
        receiveStock(pools[index % 3]!, staff, { ...given, variantId, quantity: 1 }),
      ),
    );
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['changed', ...upTo(9).map(() => 'keyReused')]);
    expect(await traceOf(db, ...variantIds)).toMatchObject({
      levels: [{ available: 1 }],
      versions: { [variantIds[changes.findIndex(({ kind }) => kind === 'changed')]!]: 1 },
      entries: 1,
    });
  });

  it('keeps the keys of callers apart', async () => {
    const { command: given } = await command();
    await receiveStock(db, staff, { ...given, quantity: 7 });
    expect(await receiveStock(db, serviceCaller('test'), { ...given, quantity: 1 })).toMatchObject({
      kind: 'changed',
      level: { available: 8 },
    });
  });

  it('adds up when many processes bring the first goods of one variant at once', async () => {
    const { command: given } = await command();
    await Promise.all(
      upTo(30).map((index) =>
        receiveStock(pools[index % 3]!, staff, { ...given, idempotencyKey: newId(), quantity: 2 }),
      ),
    );
    expect(await levelOf(db, given.variantId, given.locationId)).toMatchObject({ available: 60 });
    expect(await versionsOf(db, given.variantId)).toEqual({ ledger: upTo(30), events: upTo(30), current: 30 });
  });

  it('writes who did it, why and under which key', async () => {
    const { command: given } = await command();
    await receiveStock(db, staff, { ...given, quantity: 7, reason: 'Delivery 4711' });
    expect(await entriesOf(db, given.variantId)).toEqual([
      {
        version: 1,
        kind: 'RECEIVED',
        quantity: 7,
        from: null,
        to: 'AVAILABLE',
        reference: `receive:${given.idempotencyKey}`,
        reason: 'Delivery 4711',
        actor: 'staff:staff-1',
      },
    ]);
  });
});

describe('changeStock', () => {
  it('adjusts each state in both directions', async () => {
    const { command: given } = await command(10);
    expect(await perform('ADJUST', given, 3)).toMatchObject({ kind: 'changed', level: { available: 13 } });
    expect(await perform('ADJUST', given, -4, { state: 'AVAILABLE' })).toMatchObject({ level: { available: 9 } });
    for (const [state, field] of [
      ['SAFETY', 'safety'],
      ['DAMAGED', 'damaged'],
      ['INSPECTION', 'inspection'],
    ] as const) {
      expect(await perform('ADJUST', given, 5, { state })).toMatchObject({ level: { available: 9, [field]: 5 } });
      expect(await perform('ADJUST', given, -2, { state })).toMatchObject({ level: { available: 9, [field]: 3 } });
    }
    expect(
      (await entriesOf(db, given.variantId)).slice(1).map(({ quantity, from, to }) => [quantity, from, to]),
    ).toEqual([
      [3, null, 'AVAILABLE'],
      [4, 'AVAILABLE', null],
      [5, null, 'SAFETY'],
      [2, 'SAFETY', null],
      [5, null, 'DAMAGED'],
      [2, 'DAMAGED', null],
      [5, null, 'INSPECTION'],
      [2, 'INSPECTION', null],
    ]);
  });

  it('takes returned units where they belong', async () => {
    const { command: given } = await command();
    await perform('RETURN', given, 1, { state: 'AVAILABLE' });
    await perform('RETURN', given, 2, { state: 'INSPECTION' });
    expect(await perform('RETURN', given, 3, { state: 'DAMAGED', reason: 'Broken on the way' })).toMatchObject({
      kind: 'changed',
      level: { available: 1, inspection: 2, damaged: 3 },
    });
    expect((await entriesOf(db, given.variantId)).map(({ kind, reason }) => [kind, reason])).toEqual([
      ['RETURNED', null],
      ['RETURNED', null],
      ['RETURNED', 'Broken on the way'],
    ]);
  });

  it('damages, inspects, keeps back and writes off', async () => {
    const { command: given } = await command(10);
    expect(await perform('DAMAGE', given, 4)).toMatchObject({ level: { available: 6, damaged: 4 } });
    await perform('RETURN', given, 5, { state: 'INSPECTION' });
    expect(await perform('INSPECT', given, 2, { state: 'AVAILABLE' })).toMatchObject({
      level: { available: 8, inspection: 3 },
    });
    expect(await perform('INSPECT', given, 3, { state: 'DAMAGED' })).toMatchObject({
      level: { inspection: 0, damaged: 7 },
    });
    expect(await perform('SAFETY', given, 6)).toMatchObject({ level: { available: 2, safety: 6 } });
    expect(await perform('SAFETY', given, 1, { expectedQuantity: 6 })).toMatchObject({
      level: { available: 7, safety: 1 },
    });
    expect(await perform('SAFETY', given, 1)).toMatchObject({ level: { available: 7, safety: 1 } });
    expect(await perform('WRITE_OFF', given, 7)).toMatchObject({
      level: { available: 7, safety: 1, damaged: 0, inspection: 0 },
    });
    expect(
      (await entriesOf(db, given.variantId))
        .slice(1)
        .map(({ kind, quantity, from, to, reason }) => [kind, quantity, from, to, reason]),
    ).toEqual([
      ['ADJUSTED', 4, 'AVAILABLE', 'DAMAGED', 'DAMAGED'],
      ['RETURNED', 5, null, 'INSPECTION', null],
      ['ADJUSTED', 2, 'INSPECTION', 'AVAILABLE', 'INSPECTED'],
      ['ADJUSTED', 3, 'INSPECTION', 'DAMAGED', 'INSPECTED'],
      ['ADJUSTED', 6, 'AVAILABLE', 'SAFETY', 'SAFETY_SET'],
      ['ADJUSTED', 5, 'SAFETY', 'AVAILABLE', 'SAFETY_SET'],
      ['ADJUSTED', 7, 'DAMAGED', null, 'because'],
    ]);
  });

  it('takes damaged and missing units from safety, then the newest hold, then the newest order, when too few are available', async () => {
    const { channel, command: given } = await command(20);
    const order = await hold(channel, given, 4, true);
    const later = await hold(channel, given, 4, true);
    const older = await hold(channel, given, 4);
    const newest = await hold(channel, given, 4);
    await perform('SAFETY', given, 2);
    const { variantId } = given;
    expect(await perform('DAMAGE', given, 6)).toMatchObject({
      kind: 'changed',
      level: { available: 0, safety: 0, reserved: 6, committed: 8, damaged: 6 },
    });
    expect(await shortedOf(newest.key)).toEqual([
      { key: newest.key, quantity: 2, status: 'HELD', cause: expect.stringMatching(/^damage:/) as string },
    ]);
    expect(await perform('ADJUST', given, -10)).toMatchObject({
      kind: 'changed',
      level: { available: 0, reserved: 0, committed: 4, damaged: 6 },
    });
    expect(await shortedOf(order.key, later.key, older.key, newest.key)).toMatchObject([
      { key: newest.key, quantity: 2 },
      { key: newest.key, quantity: 2 },
      { key: older.key, quantity: 4 },
      { key: later.key, quantity: 4, status: 'COMMITTED' },
    ]);
    const before = await traceOf(db, variantId);
    expect(await perform('ADJUST', given, -5)).toEqual({ kind: 'notEnough', state: 'AVAILABLE', currentQuantity: 4 });
    expect(await traceOf(db, variantId)).toEqual(before);
  });

  it.each([
    ['a damage beyond what lies there', 'DAMAGE', 11, {}, { state: 'AVAILABLE', currentQuantity: 10 }],
    ['an adjustment beyond what lies there', 'ADJUST', -11, {}, { state: 'AVAILABLE', currentQuantity: 10 }],
    [
      'an adjustment of a state that has less',
      'ADJUST',
      -1,
      { state: 'DAMAGED' },
      { state: 'DAMAGED', currentQuantity: 0 },
    ],
    [
      'an inspection of units that nobody looks at',
      'INSPECT',
      1,
      { state: 'AVAILABLE' },
      { state: 'INSPECTION', currentQuantity: 0 },
    ],
    ['a write-off of units that are not damaged', 'WRITE_OFF', 1, {}, { state: 'DAMAGED', currentQuantity: 0 }],
    [
      'a safety stock beyond what is available, which promises do not give way to',
      'SAFETY',
      7,
      {},
      { state: 'AVAILABLE', currentQuantity: 6 },
    ],
  ] as const)('refuses %s, changes nothing and leaves the key unused', async (_, kind, quantity, given, refusal) => {
    const { channel, command: place } = await command(10);
    await hold(channel, place, 4);
    const tried = operation(kind, place, quantity, given);
    const before = await traceOf(db, place.variantId);
    expect(await changeStock(db, staff, tried)).toEqual({ kind: 'notEnough', ...refusal });
    expect(await traceOf(db, place.variantId)).toEqual(before);
    expect(
      await receiveStock(db, staff, { ...place, idempotencyKey: tried.idempotencyKey, quantity: 1 }),
    ).toMatchObject({
      kind: 'changed',
    });
  });

  it('refuses to take units of a variant that never had stock, and does not make it known', async () => {
    const { command: given } = await command();
    const before = await traceOf(db, given.variantId);
    for (const tried of [
      operation('DAMAGE', given, 1),
      operation('INSPECT', given, 1, { state: 'AVAILABLE' }),
      operation('ADJUST', given, -1),
      operation('WRITE_OFF', given, 1),
      operation('SAFETY', given, 1),
    ])
      expect(await changeStock(db, staff, tried)).toMatchObject({ kind: 'notEnough', currentQuantity: 0 });
    expect(await changeStock(db, staff, operation('COUNT', given, 1, { expectedQuantity: 1 }))).toEqual({
      kind: 'mismatch',
      currentQuantity: 0,
    });
    expect(await traceOf(db, given.variantId)).toEqual(before);
    expect(before).toMatchObject({ levels: null, versions: null, entries: 0 });
  });

  it('answers what is unknown or breaks a rule, changes nothing and leaves the key unused', async () => {
    const { command: given } = await command();
    const before = await traceOf(db, given.variantId);
    const idempotencyKey = newId();
    const tries = (tried: Partial<StockOperation>) =>
      changeStock(db, staff, operation('RECEIVE', given, 1, { idempotencyKey, ...tried }));
    expect(await tries({ variantId: 'x' })).toEqual({ kind: 'notFound', what: 'variantId' });
    expect(await tries({ locationId: 'x' })).toEqual({ kind: 'notFound', what: 'locationId' });
    for (const kind of ['RECEIVE', 'DAMAGE', 'COUNT'] as const)
      expect(await tries({ kind, locationId: newId() })).toEqual({ kind: 'notFound', what: 'locationId' });
    for (const quantity of [0, -1, 1.5, 1_000_001, Number.NaN])
      expect(await tries({ quantity })).toMatchObject({ kind: 'invalid', code: 'INVALID_QUANTITY', field: 'quantity' });
    expect(await tries({ kind: 'ADJUST' })).toMatchObject({ kind: 'invalid', code: 'INVALID_REASON', field: 'reason' });
    expect(await tries({ kind: 'RETURN' })).toMatchObject({ kind: 'invalid', code: 'INVALID_STATE', field: 'state' });
    expect(await traceOf(db, given.variantId)).toEqual(before);
    expect(await tries({ idempotencyKey: '' })).toMatchObject({ kind: 'invalid', code: 'INVALID_IDEMPOTENCY_KEY' });
    expect(await tries({})).toMatchObject({ kind: 'changed' });
  });

  it('refuses what makes a state of a level larger than it can be', async () => {
    const { command: given } = await command(1);
    await db.sql`alter table stock.levels drop constraint levels_available_bounded, drop constraint levels_states_bounded`;
    await db.sql`alter table stock.levels add constraint levels_available_bounded check (available <= 1000001) not valid,
      add constraint levels_states_bounded check (greatest(safety, damaged, inspection, incoming) <= 1000000) not valid`;
    expect(await perform('RECEIVE', given, 1_000_000)).toMatchObject({ kind: 'changed' });
    expect(await perform('RETURN', given, 1_000_000, { state: 'DAMAGED' })).toMatchObject({ kind: 'changed' });
    const before = await traceOf(db, given.variantId);
    expect(await perform('RECEIVE', given, 1)).toMatchObject({ kind: 'invalid', code: 'INVALID_QUANTITY' });
    expect(await perform('RETURN', given, 1, { state: 'DAMAGED' })).toMatchObject({ code: 'INVALID_QUANTITY' });
    expect(await traceOf(db, given.variantId)).toEqual(before);
  });

  it('answers busy when the variant stays locked, and changes nothing', async () => {
    const { command: given } = await command(5);
    const before = await traceOf(db, given.variantId);
    await db.sql.begin(async (tx) => {
      await tx`select from stock.variant_versions where variant_id = ${given.variantId} for update`;
      expect(await perform('DAMAGE', given, 1)).toEqual({ kind: 'busy', retryAfterMs: 250 });
    });
    expect(await traceOf(db, given.variantId)).toEqual(before);
  });

  it('does one of fifty equal damages at once, and answers all of them alike', async () => {
    const { channel, command: given } = await command(10);
    const held = await hold(channel, given, 8);
    const tried = operation('DAMAGE', given, 4);
    const changes = await Promise.all(upTo(50).map((index) => changeStock(pools[index % 3]!, staff, tried)));
    expect(changes).toEqual(upTo(50).map(() => changes[0]));
    expect(changes[0]).toMatchObject({ kind: 'changed', level: { available: 0, reserved: 6, damaged: 4 } });
    expect(await shortedOf(held.key)).toMatchObject([{ quantity: 2 }]);
  });

  it('never writes off more than is damaged when many try at once', async () => {
    const { command: given } = await command();
    await perform('RETURN', given, 10, { state: 'DAMAGED' });
    const changes = await Promise.all(
      upTo(20).map((index) => changeStock(pools[index % 3]!, staff, operation('WRITE_OFF', given, 3))),
    );
    expect(changes.map(({ kind }) => kind).sort()).toEqual([
      ...upTo(3).map(() => 'changed'),
      ...upTo(17).map(() => 'notEnough'),
    ]);
  });
});

describe('countStock', () => {
  const count = (
    { variantId, locationId }: Place,
    countedQuantity: number,
    expectedQuantity: number | null = null,
    database = db,
  ) =>
    countStock(database, staff, { variantId, locationId, countedQuantity, expectedQuantity, idempotencyKey: newId() });

  it('books the difference between what was counted and all sellable units, promised ones included', async () => {
    const { channel, command: given } = await command(10);
    await hold(channel, given, 2);
    await hold(channel, given, 3, true);
    await perform('SAFETY', given, 1);
    await perform('RETURN', given, 9, { state: 'DAMAGED' });
    expect(await count(given, 8, 10)).toMatchObject({
      kind: 'changed',
      level: { available: 2, reserved: 2, committed: 3, safety: 1, damaged: 9 },
    });
    expect(await count(given, 12, 8)).toMatchObject({
      kind: 'changed',
      level: { available: 6, reserved: 2, committed: 3, safety: 1 },
    });
    expect(
      (await entriesOf(db, given.variantId))
        .slice(-2)
        .map(({ kind, quantity, from, to }) => [kind, quantity, from, to]),
    ).toEqual([
      ['COUNTED', 2, 'AVAILABLE', null],
      ['COUNTED', 4, null, 'AVAILABLE'],
    ]);
  });

  it('books nothing and keeps the version when what is booked was counted', async () => {
    const { channel, command: given } = await command(10);
    await hold(channel, given, 2);
    const { current } = await versionsOf(db, given.variantId);
    expect(await count(given, 10)).toMatchObject({ kind: 'changed', level: { available: 8, reserved: 2 } });
    expect(await versionsOf(db, given.variantId)).toMatchObject({ current });
    expect(await count({ ...given, variantId: newId() }, 0)).toMatchObject({
      kind: 'changed',
      level: { available: 0 },
    });
  });

  it('is refused when the sum is not what was believed, changes nothing, and the key can be used again', async () => {
    const { channel, command: given } = await command(10);
    await hold(channel, given, 4);
    const before = await traceOf(db, given.variantId);
    const tried = { ...given, countedQuantity: 4 };
    expect(await countStock(db, staff, { ...tried, expectedQuantity: 6 })).toEqual({
      kind: 'mismatch',
      currentQuantity: 10,
    });
    expect(await traceOf(db, given.variantId)).toEqual(before);
    expect(await countStock(db, staff, { ...tried, expectedQuantity: 10 })).toMatchObject({ kind: 'changed' });
  });

  it('names the counted quantity when it is out of range', async () => {
    const { command: given } = await command();
    for (const countedQuantity of [-1, 1_000_001])
      expect(await count(given, countedQuantity)).toEqual({
        kind: 'invalid',
        code: 'INVALID_QUANTITY',
        message: `countedQuantity must be from 0 to 1000000, not ${countedQuantity}.`,
        field: 'countedQuantity',
      });
  });

  it('is won by one of ten counts that believe the same', async () => {
    const { command: given } = await command(10);
    const changes = await Promise.all(upTo(10).map((index) => count(given, 10 + index, 10, pools[index % 3])));
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['changed', ...upTo(9).map(() => 'mismatch')]);
  });

  it('counts what an expired hold gives back', async () => {
    const { channel, command: given } = await command(10);
    await hold(channel, given, 3);
    const later = testDb.open('stock', { nowOffset: '1 hour' });
    expect(await count(given, 9, 10, later)).toMatchObject({ kind: 'changed', level: { available: 9, reserved: 0 } });
  });

  it('below what is held takes from the newest hold and tells it, and the hold cannot be committed', async () => {
    const { channel, command: given } = await command(10);
    const older = await hold(channel, given, 5);
    const newest = await hold(channel, given, 5);
    expect(await count(given, 7)).toMatchObject({ kind: 'changed', level: { available: 0, reserved: 7 } });
    expect(await shortedOf(older.key, newest.key)).toEqual([
      { key: newest.key, quantity: 3, status: 'HELD', cause: expect.stringMatching(/^count:/) as string },
    ]);
    const end = createEndReservation(db);
    expect(await end.commit(newest.key)).toEqual({ done: false, status: 'SHORTED' });
    expect(await end.commit(older.key)).toEqual({ done: true, status: 'COMMITTED' });
    await end.release(newest.key);
    expect(await levelOf(db, given.variantId, given.locationId)).toEqual({ available: 2, reserved: 0, committed: 5 });
  });

  it('of nothing takes all that was promised, orders last', async () => {
    const { channel, command: given } = await command(10);
    const order = await hold(channel, given, 4, true);
    const held = await hold(channel, given, 4);
    expect(await count(given, 0)).toMatchObject({
      kind: 'changed',
      level: { available: 0, reserved: 0, committed: 0 },
    });
    expect(await shortedOf(order.key, held.key)).toMatchObject([
      { key: held.key, quantity: 4 },
      { key: order.key, quantity: 4, status: 'COMMITTED' },
    ]);
  });

  it('can always be booked, and no unit is promised twice, when reservations from several processes race it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { channel, command: given } = await command(30);
      const { variantId, locationId } = given;
      const reserve = pools.map(createReserve);
      const [counted, ...outcomes] = await Promise.all([
        count(given, 10, null, pools[round % 3]),
        ...upTo(20).map((index) => reserve[index % 3]!(demandOf(channel, [[{ variantId, locationId, quantity: 2 }]]))),
      ]);
      expect(counted).toMatchObject({ kind: 'changed' });
      const [row] = await db.sql<{ held: number; shorted: number }[]>`
        select sum(quantity - shorted)::int as held, sum(shorted)::int as shorted from stock.reservation_lines where variant_id = ${variantId}`;
      const held = outcomes.filter(({ kind }) => kind === 'held').length * 2;
      expect(row!.held + row!.shorted).toBe(held);
      expect(await levelOf(db, variantId, locationId)).toEqual({
        available: 10 - row!.held,
        reserved: row!.held,
        committed: 0,
      });
    }
  });
});
