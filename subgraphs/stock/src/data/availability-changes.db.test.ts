import { newId } from '@kontor/kit/src/ids.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAvailability } from '../availability.ts';
import { importLevels } from '../commands/import-levels.ts';
import { createReserve } from '../commands/reserve.ts';
import { demandOf, differences, makeChannel, makeVariant, upTo } from '../fixture.ts';
import {
  findAvailabilityChanges,
  findChangedVersions,
  findLogEnd,
  purgeAvailabilityLog,
  type LogPosition,
} from './availability-changes.ts';
import { saveBundles } from './bundles.ts';
import { saveChannel } from './channels.ts';

let testDb: TestDatabase;
let db: Database;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await testDb.drop();
});

const importAll = (locationId: string, variantIds: readonly string[], quantity: number) =>
  importLevels(
    db,
    locationId,
    variantIds.map((variantId) => ({ variantId, quantity, reference: newId() })),
  );

/** Everything behind a position that is settled once nothing older runs, page by page. */
async function readAll(channel: string, since: LogPosition, first = 100) {
  const pages: string[][] = [];
  for (let position = since; ;) {
    const page = await findAvailabilityChanges(db, channel, { since: position, first });
    pages.push(page.variants.map(({ variantId }) => variantId));
    position = page.end;
    if (page.resync || !page.hasMore) return { pages, ...page };
  }
}

describe('changes behind a position', () => {
  it('are each variant once, as it is now, in the order in which they changed first', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const [place] = locationIds as [string];
    const since = await findLogEnd(db);
    const [first, second] = [await makeVariant(db, place, 5), await makeVariant(db, place, 7)];
    for (const quantity of upTo(20)) await importAll(place, [first], quantity);
    await eventually(async () => {
      const { variants, resync, hasMore } = await findAvailabilityChanges(db, channel, { since, first: 10 });
      expect({ resync, hasMore }).toEqual({ resync: false, hasMore: false });
      expect(variants).toEqual(
        (await readAvailability(db, channel, [first, second])).map((each) => ({ ...each, asOf: expect.any(String) })),
      );
      expect(variants.map(({ sellableQuantity }) => sellableQuantity)).toEqual([20, 7]);
    });
    const { end } = await findAvailabilityChanges(db, channel, { since, first: 10 });
    expect((await findAvailabilityChanges(db, channel, { since: end, first: 10 })).variants).toEqual([]);
  });

  it('come in pages that end within one big change, without a repeat and without a gap', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const since = await findLogEnd(db);
    const variantIds = upTo(25).map(() => newId());
    await importAll(locationIds[0] as string, variantIds, 3);
    await eventually(async () => {
      const { pages } = await readAll(channel, since, 10);
      expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
      expect(new Set(pages.flat())).toEqual(new Set(variantIds));
    });
  });

  it('are only of what has a level where the channel sells', async () => {
    const [here, there] = [await makeChannel(db), await makeChannel(db)];
    const since = await findLogEnd(db);
    await makeVariant(db, there.locationIds[0] as string, 1);
    const ours = await makeVariant(db, here.locationIds[0] as string, 1);
    await eventually(async () => expect((await readAll(here.channel, since)).pages).toEqual([[ours]]));
    expect((await findChangedVersions(db, { since, first: 10 })).variants).toHaveLength(2);
  });

  it('come with the bundles that they are part of', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const [here, there] = locationIds as [string, string];
    const [part, other] = [await makeVariant(db, here, 9), await makeVariant(db, here, 2)];
    const bundle = newId();
    const components = [
      { variantId: part, quantity: 2 },
      { variantId: other, quantity: 1 },
    ];
    await saveBundles(db, [{ variantId: bundle, revision: 1, components }]);
    const since = await findLogEnd(db);
    await importAll(there, [part], 4);
    await importAll(here, [other], 3);
    await eventually(async () => {
      const { pages, variants } = await readAll(channel, since, 100);
      expect(pages).toEqual([[part, bundle, other]]);
      expect(variants.map(({ sellableQuantity }) => sellableQuantity)).toEqual([13, 3, 3]);
      // A later page looks at later changes alone, of which one concerns the bundle again.
      expect((await readAll(channel, since, 1)).pages).toEqual([[part], [bundle], [other], [bundle]]);
    });
  });

  it('leave out what an older running transaction may overtake, and miss it not when it commits late', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const [place] = locationIds as [string];
    const [late, early] = [await makeVariant(db, place, 1), await makeVariant(db, place, 1)];
    const since = await findLogEnd(db);
    const session = testDb.open('stock', { max: 1 });
    const reserved = await session.sql.reserve();
    await reserved`begin`;
    await reserved`select stock.lock_settled(${[late]}::uuid[])`;
    await reserved`select stock.book(array[row(${late}, ${place}, 'ADJUSTED', 5, null, 'AVAILABLE', null, 'late', null, null)::stock.entry])`;

    await importAll(place, [early], 8);
    const before = await readAll(channel, since);
    // Neither the one that has not committed nor the one behind it, whose position would be beyond the first.
    expect(before.pages).toEqual([[]]);
    const now = await findAvailabilityChanges(db, channel, { since, first: 10, unsettled: true });
    expect(now.variants.map(({ variantId }) => variantId)).toEqual([early]);

    await reserved`commit`;
    reserved.release();
    await eventually(async () => {
      const after = await readAll(channel, before.end);
      expect(after.pages).toEqual([[late, early]]);
      expect(after.variants.map(({ sellableQuantity }) => sellableQuantity)).toEqual([6, 8]);
      const resumed = await readAll(channel, now.end);
      expect(resumed.pages).toEqual([[late, early]]);
    });
  });

  it('keep a copy right that is only ever told changes, while many write', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const variantIds = await Promise.all(
      upTo(12).map((index) => makeVariant(db, locationIds[index % 2] as string, 40)),
    );
    let position = await findLogEnd(db);
    const copy = new Map((await readAvailability(db, channel, variantIds)).map((each) => [each.variantId, each]));
    const reserve = createReserve(db);
    let writing = true;
    const fell: string[] = [];
    const follow = async () => {
      const page = await findAvailabilityChanges(db, channel, { since: position, first: 5 });
      expect(page.resync).toBe(false);
      position = page.end;
      for (const each of page.variants) {
        if (each.version < (copy.get(each.variantId)?.version ?? 0)) fell.push(each.variantId);
        copy.set(each.variantId, each);
      }
    };
    const reader = (async () => {
      while (writing) await follow();
    })();
    await Promise.all(
      upTo(120).map((index) => {
        const variantId = variantIds[(index * 7) % 12] as string;
        const locationId = locationIds[((index * 7) % 12) % 2 ? 0 : 1] as string;
        if (index % 3 === 0) return importAll(locationId, [variantId], index);
        return reserve(demandOf(channel, [[{ variantId, locationId, quantity: 1 }]]));
      }),
    );
    writing = false;
    await reader;
    await eventually(async () => {
      await follow();
      const now = await readAvailability(db, channel, variantIds);
      expect(now.map(({ variantId, version }) => [variantId, version])).toEqual(
        variantIds.map((id) => [id, copy.get(id)?.version]),
      );
      expect(now.map(({ sellableQuantity }) => sellableQuantity)).toEqual(
        variantIds.map((id) => copy.get(id)?.sellableQuantity),
      );
    });
    expect(fell).toEqual([]);
  });
});

describe('a position', () => {
  it('cannot be continued over a change of the configuration, and goes on behind it', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const [place] = locationIds as [string];
    const since = await findLogEnd(db);
    const variantId = await makeVariant(db, place, 1);
    await saveChannel(db, { code: channel, revision: 2, locationIds: [] });
    await saveChannel(db, { code: channel, revision: 3, locationIds });
    const page = await eventually(async () => {
      const found = await findAvailabilityChanges(db, channel, { since, first: 10 });
      expect(found).toMatchObject({ resync: true, hasMore: false, variants: [] });
      expect((await findAvailabilityChanges(db, channel, { since: found.end, first: 10 })).resync).toBe(false);
      return found;
    });
    await importAll(place, [variantId], 2);
    await eventually(async () => expect((await readAll(channel, page.end)).pages).toEqual([[variantId]]));
  });

  it('is too old when the log behind it is gone; one that was kept up to date is not', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const old = await findLogEnd(db);
    await makeVariant(db, locationIds[0] as string, 1);
    const fresh = await eventually(async () => {
      const page = await findAvailabilityChanges(db, channel, { since: old, first: 10 });
      expect(page.variants).toHaveLength(1);
      return page.end;
    });
    const [{ entries } = { entries: 0 }] = await db.sql<{ entries: number }[]>`
      select count(*)::int as entries from stock.availability_log`;
    expect(await purgeAvailabilityLog(db)).toBe(0);
    const nextWeek = testDb.open('stock', { nowOffset: '8 days' });
    const purged = await Promise.all([purgeAvailabilityLog(nextWeek), purgeAvailabilityLog(nextWeek)]);
    expect(purged[0] + purged[1]).toBe(entries);
    expect(await findAvailabilityChanges(db, channel, { since: old, first: 10 })).toMatchObject({ resync: true });
    expect(await findAvailabilityChanges(db, channel, { since: fresh, first: 10 })).toMatchObject({
      resync: false,
      variants: [],
    });
  });

  it('that the database has not reached yet means another database', async () => {
    const { channel } = await makeChannel(db);
    const { transaction } = await findLogEnd(db);
    const ahead = { transaction: String(BigInt(transaction) + 1_000_000n), entry: '0', item: 0 };
    const page = await findAvailabilityChanges(db, channel, { since: ahead, first: 10 });
    expect(page.resync).toBe(true);
    expect(BigInt(page.end.transaction)).toBeLessThan(BigInt(ahead.transaction));
  });
});
