import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demandOf, differences, makeChannel } from '../fixture.ts';
import { countStock } from './count-stock.ts';
import { receiveStock } from './receive-stock.ts';
import { createReserve } from './reserve.ts';

describe('a command that waited for another', () => {
  let testDb: TestDatabase;
  let db: Database;
  const caller = serviceCaller('test');
  beforeAll(async () => {
    testDb = await createTestDatabase(['stock']);
    db = testDb.open('stock');
  });
  afterAll(() => testDb.drop());

  const makeLevel = async (quantity: number) => {
    const { channel, locationIds } = await makeChannel(db, 1);
    const level = { variantId: newId(), locationId: locationIds[0]! };
    await countStock(db, caller, {
      ...level,
      countedQuantity: quantity,
      expectedQuantity: null,
      idempotencyKey: newId(),
    });
    return { channel, level };
  };

  it('holds units that came in while it waited, though there were none when it began', async () => {
    const { channel, level } = await makeLevel(0);
    let reserving: ReturnType<ReturnType<typeof createReserve>> | undefined;
    await db.sql.begin(async (tx) => {
      await tx`select from stock.variant_versions where variant_id = ${level.variantId} for update`;
      reserving = createReserve(db)(demandOf(channel, [[{ ...level, quantity: 5 }]], { key: newId() }));
      await eventually(async () =>
        expect(
          await db.sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        ).toHaveLength(1),
      );
      await tx`select stock.book(array[row(${level.variantId}, ${level.locationId}, 'RECEIVED', 5, null, 'AVAILABLE', null, 'test', null, null)::stock.entry])`;
    });
    expect(await reserving).toMatchObject({ kind: 'held' });
    expect(await db.sql`select available, reserved from stock.levels where variant_id = ${level.variantId}`).toEqual([
      { available: 0, reserved: 5 },
    ]);
  });

  it('counts to what was counted, whatever came in meanwhile', async () => {
    for (let round = 0; round < 40; round += 1) {
      const { level } = await makeLevel(0);
      const [count, receipt] = await Promise.all([
        countStock(db, caller, { ...level, countedQuantity: 3, expectedQuantity: null, idempotencyKey: newId() }),
        receiveStock(db, caller, { ...level, quantity: 5, idempotencyKey: newId() }),
      ]);
      expect([count.kind, receipt.kind]).toEqual(['changed', 'changed']);
      const [row] = await db.sql<
        { available: number }[]
      >`select available from stock.levels where variant_id = ${level.variantId}`;
      expect([3, 8]).toContain(row!.available);
    }
    expect(await differences(db)).toBe(0);
  });
});
