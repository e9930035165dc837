import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demandOf, differences, levelOf, locationValues, makeChannel, upTo, versionsOf } from '../fixture.ts';
import { importLevels } from './import-levels.ts';
import { createReserve } from './reserve.ts';
import { upsertLocations } from './upsert-locations.ts';

let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterAll(() => testDb.drop());

describe('importLevels', () => {
  it('applies a reference with one quantity once, even after sales', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = newId();
    const level = { variantId, quantity: 10, reference: 'row-1' };
    expect(await importLevels(db, locationId, [level])).toBe(1);
    await createReserve(db)(demandOf(channel, [[{ variantId, locationId, quantity: 4 }]]));
    expect(await importLevels(db, locationId, [level])).toBe(0);
    expect(await levelOf(db, variantId, locationId)).toMatchObject({ available: 6, reserved: 4 });
    expect(await importLevels(db, locationId, [{ ...level, quantity: 12 }])).toBe(1);
    expect(await levelOf(db, variantId, locationId)).toMatchObject({ available: 12, reserved: 4 });
    expect(await differences(db)).toBe(0);
  });

  it('sets 5,000 levels in one statement, each told once in few events', async () => {
    const sent: string[] = [];
    const { locationIds } = await makeChannel(db);
    const levels = upTo(5_000).map((row) => ({ variantId: newId(), quantity: row % 50, reference: `row-${row}` }));
    const counted = testDb.open('stock', { onQuery: (query) => sent.push(query) });
    expect(await importLevels(counted, locationIds[0]!, levels)).toBe(4_900);
    expect(sent.filter((query) => !query.includes('pg_catalog'))).toHaveLength(1);
    const [row] = await db.sql`
      select count(*)::int as told, count(distinct o.seq)::int as events
      from stock.outbox o cross join jsonb_array_elements(o.payload -> 'variants') as each
      join stock.levels l on l.variant_id = (each ->> 'variantId')::uuid
      where o.topic = 'stock.availability.changed' and l.location_id = ${locationIds[0]!}`;
    expect(row).toEqual({ told: 4_900, events: 10 });
    expect(await importLevels(db, locationIds[0]!, levels)).toBe(0);
    expect(await differences(db)).toBe(0);
  });

  it('gives one variant one movement and version when the file has it twice, and the last line counts', async () => {
    const { locationIds } = await makeChannel(db);
    const variantId = newId();
    const twice = [
      { variantId, quantity: 3, reference: 'a' },
      { variantId, quantity: 5, reference: 'b' },
    ];
    expect(await importLevels(db, locationIds[0]!, twice)).toBe(1);
    expect(await levelOf(db, variantId, locationIds[0]!)).toMatchObject({ available: 5 });
    expect((await versionsOf(db, variantId)).ledger).toEqual([1]);
    expect(await importLevels(db, locationIds[0]!, twice)).toBe(0);
  });

  it('does not deadlock or double when several imports of the same rows in any order run at once', async () => {
    const { locationIds } = await makeChannel(db);
    const levels = upTo(200).map((row) => ({ variantId: newId(), quantity: 1 + (row % 9), reference: `row-${row}` }));
    const pools = upTo(4).map(() => testDb.open('stock', { max: 2 }));
    const changed = await Promise.all(
      pools.map((pool, index) => importLevels(pool, locationIds[0]!, index % 2 ? levels : levels.toReversed())),
    );
    expect(changed.reduce((sum, each) => sum + each, 0)).toBe(200);
    expect(await differences(db)).toBe(0);
  });

  it('refuses the whole call for an unknown location, a bad quantity or a text that is no id', async () => {
    const { locationIds } = await makeChannel(db);
    const level = { variantId: newId(), quantity: 1, reference: 'x' };
    const refused = { extensions: { code: 'BAD_USER_INPUT' } };
    await expect(importLevels(db, newId(), [level])).rejects.toMatchObject(refused);
    await expect(importLevels(db, 'here', [level])).rejects.toMatchObject(refused);
    await expect(importLevels(db, locationIds[0]!, [level, { ...level, quantity: -1 }])).rejects.toMatchObject(refused);
    await expect(importLevels(db, locationIds[0]!, [{ ...level, variantId: '1; drop table' }])).rejects.toMatchObject(
      refused,
    );
    expect(await levelOf(db, level.variantId, locationIds[0]!)).toBeNull();
  });
});

describe('upsertLocations', () => {
  it('makes, changes and leaves alone, each once, with an event for what changed', async () => {
    const [first, second] = [locationValues(newId()), locationValues(newId())];
    const made = await upsertLocations(db, [first, second]);
    expect(made).toMatchObject({ createdCount: 2, updatedCount: 0 });
    const again = await upsertLocations(db, [second, { ...first, name: 'Renamed' }]);
    expect(again).toEqual({ locationIds: made.locationIds.toReversed(), createdCount: 0, updatedCount: 1 });
    const events =
      await db.sql`select payload from stock.outbox where topic = 'stock.location.changed' and key = ${made.locationIds[0]!} order by seq`;
    expect(events.map((row) => row['payload'] as object)).toMatchObject([
      {
        locationId: made.locationIds[0],
        revision: 1,
        code: first.code,
        name: first.name,
        kind: 'STORE',
        country: 'DE',
        pickupOffered: true,
      },
      { revision: 2, name: 'Renamed' },
    ]);
    expect(await db.sql`select from stock.outbox where key = ${made.locationIds[1]!}`).toHaveLength(1);
  });

  it('makes each location once when ten calls come at once', async () => {
    const locations = upTo(20).map(() => locationValues(newId()));
    const pools = [db, testDb.open('stock')];
    const results = await Promise.all(
      upTo(10).map((index) => upsertLocations(pools[index % 2]!, index % 3 ? locations : locations.toReversed())),
    );
    expect(results.reduce((sum, { createdCount }) => sum + createdCount, 0)).toBe(20);
    expect(new Set(results.flatMap(({ locationIds }) => locationIds)).size).toBe(20);
  });

  it('refuses a code that is given twice, and keeps nothing', async () => {
    const twice = locationValues(newId());
    await expect(upsertLocations(db, [twice, twice])).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    await expect(upsertLocations(db, [{ ...twice, latitude: 91 }])).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(await db.sql`select from stock.locations where code = ${twice.code}`).toHaveLength(0);
  });
});
