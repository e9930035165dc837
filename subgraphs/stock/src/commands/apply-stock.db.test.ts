import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StockOperation, StockOperationKind } from '../domain/stock-operation.ts';
import { differences, entriesOf, makeChannel, makeVariant, traceOf, upTo } from '../fixture.ts';
import { applyStock } from './apply-stock.ts';

let testDb: TestDatabase;
let db: Database;
let locationId: string;
const staff: Caller = { role: 'integration', subject: 'wms', channel: null, scopes: ['stock:write'] };

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  locationId = (await makeChannel(db)).locationIds[0]!;
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await testDb.drop();
});

const line = (
  kind: StockOperationKind,
  variantId: string,
  quantity: number,
  given: Partial<StockOperation> = {},
): StockOperation => ({
  kind,
  variantId,
  locationId,
  quantity,
  expectedQuantity: null,
  state: null,
  reason: null,
  idempotencyKey: newId(),
  ...given,
});

describe('applyStock', () => {
  it('does each line for itself, answers aligned, and keeps the order of one variant', async () => {
    const variantIds = upTo(12).map(() => newId());
    const operations = [
      ...variantIds.map((variantId) => line('RECEIVE', variantId, 10)),
      ...variantIds.map((variantId) => line('DAMAGE', variantId, 4)),
      ...variantIds.map((variantId, index) => line('WRITE_OFF', variantId, 4, { reason: index % 2 ? 'broken' : null })),
      ...variantIds.map((variantId) => line('COUNT', variantId, 5, { expectedQuantity: 6 })),
    ];
    const changes = await applyStock(db, staff, operations);
    for (const [index, variantId] of variantIds.entries()) {
      const of = (step: number) => changes[step * 12 + index];
      expect(of(0)).toMatchObject({ kind: 'changed', level: { variantId, available: 10 } });
      expect(of(1)).toMatchObject({ kind: 'changed', level: { variantId, available: 6, damaged: 4 } });
      expect(of(2)).toMatchObject(index % 2 ? { level: { damaged: 0 } } : { kind: 'invalid', field: 'reason' });
      expect(of(3)).toMatchObject({ kind: 'changed', level: { variantId, available: 5 } });
    }
    expect((await entriesOf(db, variantIds[0]!)).map(({ kind, actor }) => [kind, actor])).toEqual([
      ['RECEIVED', 'integration:wms'],
      ['ADJUSTED', 'integration:wms'],
      ['COUNTED', 'integration:wms'],
    ]);
  });

  it('answers the repeat of a whole call the same and books nothing twice, also while the first one runs', async () => {
    const variantIds = upTo(6).map(() => newId());
    const operations = variantIds.flatMap((variantId) => [
      line('RECEIVE', variantId, 10),
      line('ADJUST', variantId, -3, { reason: 'missing' }),
      line('SAFETY', variantId, 20),
    ]);
    const [first, second] = await Promise.all([
      applyStock(db, staff, operations),
      applyStock(testDb.open('stock'), staff, operations),
    ]);
    expect(second).toEqual(first);
    const trace = await traceOf(db, ...variantIds);
    expect(await applyStock(db, staff, operations)).toEqual(first);
    expect(await traceOf(db, ...variantIds)).toEqual(trace);
    expect(trace).toMatchObject({ entries: 12 });
    expect(first.filter(({ kind }) => kind === 'notEnough')).toHaveLength(6);
  });

  it('gives a key that two lines share to the first one, and to both when they are the same', async () => {
    const [a, b] = [newId(), newId()];
    const idempotencyKey = newId();
    const given = line('RECEIVE', a, 1, { idempotencyKey });
    const operations = [
      line('RECEIVE', a, 0, { idempotencyKey }),
      given,
      line('RECEIVE', b, 1, { idempotencyKey }),
      given,
    ];
    const changes = await applyStock(db, staff, operations);
    expect(changes.map(({ kind }) => kind)).toEqual(['invalid', 'changed', 'keyReused', 'changed']);
    expect(changes[3]).toEqual(changes[1]);
    expect(await traceOf(db, a, b)).toMatchObject({ entries: 1 });
  });

  it('does not let a line overtake one of its variant that found it busy', async () => {
    const [locked, free] = [await makeVariant(db, locationId, 5), await makeVariant(db, locationId, 5)];
    const operations = [line('DAMAGE', locked, 1), line('DAMAGE', free, 1), line('COUNT', locked, 9)];
    await db.sql.begin(async (tx) => {
      await tx`select from stock.variant_versions where variant_id = ${locked} for update`;
      const changes = await applyStock(db, staff, operations);
      expect(changes.map(({ kind }) => kind)).toEqual(['busy', 'changed', 'busy']);
    });
    expect((await applyStock(db, staff, operations)).map(({ kind }) => kind)).toEqual([
      'changed',
      'changed',
      'changed',
    ]);
  });

  it('tries nothing more once the caller is gone', async () => {
    const variantIds = upTo(3).map(() => newId());
    const operations = variantIds.map((variantId) => line('RECEIVE', variantId, 1));
    const before = await traceOf(db, ...variantIds);
    await expect(applyStock(db, staff, operations, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(await traceOf(db, ...variantIds)).toEqual(before);
  });

  it('has four statements at work at most', async () => {
    const variantIds = upTo(40).map(() => newId());
    const counting = testDb.open('stock', { max: 10 });
    let running = 0;
    let most = 0;
    const sql = new Proxy(counting.sql, {
      apply: (target, self, args: never) => {
        const query = Reflect.apply(target, self, args) as Promise<unknown>;
        running += 1;
        most = Math.max(most, running);
        void query.finally(() => (running -= 1)).catch(() => undefined);
        return query;
      },
    });
    await applyStock(
      { ...counting, sql },
      staff,
      variantIds.map((variantId) => line('RECEIVE', variantId, 1)),
    );
    expect(most).toBe(4);
  });
});
