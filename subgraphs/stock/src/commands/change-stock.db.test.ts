import { serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReserve } from './reserve.ts';
import { demandOf, differences, levelOf, makeChannel, makeVariant, upTo, versionsOf } from '../fixture.ts';
import { countStock } from './count-stock.ts';
import { receiveStock } from './receive-stock.ts';

let testDb: TestDatabase;
let db: Database;
const staff: Caller = { role: 'staff', subject: 'staff-1', channel: 'web', scopes: ['stock:write'] };

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterAll(() => testDb.drop());

async function command(quantity = 0) {
  const { channel, locationIds } = await makeChannel(db);
  const locationId = locationIds[0]!;
  const variantId = quantity > 0 ? await makeVariant(db, locationId, quantity) : newId();
  return { channel, command: { variantId, locationId, idempotencyKey: newId() } };
}

describe('receiveStock', () => {
  it('books goods of a variant that never had stock, once per key, when ten calls come at once', async () => {
    const { command: given } = await command();
    const changes = await Promise.all(upTo(10).map(() => receiveStock(db, staff, { ...given, quantity: 7 })));
    expect(changes[0]).toMatchObject({ kind: 'changed', level: { available: 7, reserved: 0 } });
    expect(changes).toEqual(upTo(10).map(() => changes[0]));
    expect(await versionsOf(db, given.variantId)).toEqual({ ledger: [1], events: [1], current: 1 });
  });

  it('refuses a key that was used for another input, and books nothing', async () => {
    const { command: given } = await command();
    await receiveStock(db, staff, { ...given, quantity: 7 });
    expect(await receiveStock(db, staff, { ...given, quantity: 8 })).toEqual({ kind: 'keyReused' });
    expect(await levelOf(db, given.variantId, given.locationId)).toMatchObject({ available: 7 });
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
    const pools = [db, testDb.open('stock'), testDb.open('stock')];
    await Promise.all(
      upTo(30).map((index) =>
        receiveStock(pools[index % 3]!, staff, { ...given, idempotencyKey: newId(), quantity: 2 }),
      ),
    );
    expect(await levelOf(db, given.variantId, given.locationId)).toMatchObject({ available: 60 });
    expect(await versionsOf(db, given.variantId)).toEqual({ ledger: upTo(30), events: upTo(30), current: 30 });
  });

  it('answers what is missing or out of range, and leaves the key unused', async () => {
    const { command: given } = await command();
    expect(await receiveStock(db, staff, { ...given, variantId: 'x', quantity: 1 })).toEqual({
      kind: 'notFound',
      what: 'variantId',
    });
    expect(await receiveStock(db, staff, { ...given, locationId: newId(), quantity: 1 })).toEqual({
      kind: 'notFound',
      what: 'locationId',
    });
    expect(await receiveStock(db, staff, { ...given, quantity: 0 })).toMatchObject({
      kind: 'invalid',
      field: 'quantity',
    });
    expect(await receiveStock(db, staff, { ...given, idempotencyKey: '', quantity: 1 })).toMatchObject({
      kind: 'invalid',
      field: 'idempotencyKey',
    });
    expect(await receiveStock(db, staff, { ...given, quantity: 1 })).toMatchObject({ kind: 'changed' });
  });

  it('refuses what makes a level larger than it can be', async () => {
    const { command: given } = await command(1);
    await db.sql`alter table stock.levels drop constraint levels_available_bounded`;
    await db.sql`alter table stock.levels add constraint levels_available_bounded check (available <= 1000001) not valid`;
    expect(await receiveStock(db, staff, { ...given, quantity: 1_000_000 })).toMatchObject({ kind: 'changed' });
    expect(await receiveStock(db, staff, { ...given, idempotencyKey: newId(), quantity: 1 })).toMatchObject({
      kind: 'invalid',
      code: 'INVALID_QUANTITY',
    });
  });
});

describe('countStock', () => {
  it('sets what is available and books the signed difference', async () => {
    const { command: given } = await command(10);
    expect(await countStock(db, staff, { ...given, countedQuantity: 4, expectedQuantity: 10 })).toMatchObject({
      kind: 'changed',
      level: { available: 4 },
    });
    const [movement] =
      await db.sql`select kind, quantity, available_delta from stock.movements where variant_id = ${given.variantId} order by version desc limit 1`;
    expect(movement).toEqual({ kind: 'COUNTED', quantity: -6, available_delta: -6 });
    expect(await differences(db)).toBe(0);
  });

  it('is refused when the level is not what was believed, and the key can be used again', async () => {
    const { command: given } = await command(10);
    expect(await countStock(db, staff, { ...given, countedQuantity: 4, expectedQuantity: 9 })).toEqual({
      kind: 'mismatch',
      currentQuantity: 10,
    });
    expect(await levelOf(db, given.variantId, given.locationId)).toMatchObject({ available: 10 });
    expect(await countStock(db, staff, { ...given, countedQuantity: 4, expectedQuantity: 10 })).toMatchObject({
      kind: 'changed',
    });
  });

  it('is won by one of ten counts that believe the same', async () => {
    const { command: given } = await command(10);
    const changes = await Promise.all(
      upTo(10).map((index) =>
        countStock(db, staff, { ...given, idempotencyKey: newId(), countedQuantity: 10 + index, expectedQuantity: 10 }),
      ),
    );
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['changed', ...upTo(9).map(() => 'mismatch')]);
  });

  it('counts what an expired hold gives back', async () => {
    const { channel, command: given } = await command(10);
    await createReserve(db)(demandOf(channel, [[{ ...given, quantity: 3 }]]));
    const later = testDb.open('stock', { nowOffset: '1 hour' });
    expect(await countStock(later, staff, { ...given, countedQuantity: 10, expectedQuantity: 10 })).toMatchObject({
      kind: 'changed',
      level: { available: 10, reserved: 0 },
    });
  });
});
