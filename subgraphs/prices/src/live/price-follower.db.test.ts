import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordPriceChanges } from '../data/price-changes.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';
import { createPriceFollower } from './price-follower.ts';
import { createPriceHub, type PriceHub } from './price-hub.ts';

let prices: OpenPrices;
let db: Database;
let hub: PriceHub;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ onQuery: (query) => statements.push(query) });
  ({ db } = prices);
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  hub = createPriceHub();
  statements.length = 0;
});

const record = (variantIds: readonly string[] | null) => db.orm.transaction((tx) => recordPriceChanges(tx, variantIds));
const reading = () => statements.filter((query) => query.includes('change_clock k')).length;
const ids = (count: number) => Array.from({ length: count }, newId).sort();
const follower = (database = db) => createPriceFollower({ db: database, hub, logger: silentLogger });

/** A database whose answers come when the test says so. */
function slowly() {
  const answered: PromiseWithResolvers<void>[] = [];
  const sql = async (...statement: [TemplateStringsArray, ...never[]]) => {
    const rows: unknown = await db.sql(...statement);
    const answer = Promise.withResolvers<void>();
    answered.push(answer);
    await answer.promise;
    return rows;
  };
  return { answered, slow: { ...db, sql: sql as unknown as Database['sql'] } };
}

describe('the follower of price changes', () => {
  it('hands out what was noted, of large changes by pages, and nothing twice', async () => {
    const all = ids(2_500);
    const following = follower();
    const watch = hub.watch(all);
    await following.follow();
    // Where it begins it cannot know what who watches already has read.
    expect(await watch.next()).toHaveLength(2_500);
    statements.length = 0;
    await record(all);
    await following.follow();
    expect((await watch.next())?.toSorted()).toEqual(all);
    expect(reading()).toBe(3);
    await record([all[7]!]);
    await following.follow();
    expect(await watch.next()).toEqual([all[7]]);
  });

  it('goes through nothing that happened while nobody watched', async () => {
    const [before, after] = ids(2) as [string, string];
    const following = follower();
    await following.follow();
    await record([...ids(2_500), before]);
    statements.length = 0;
    await following.follow();
    expect(reading()).toBe(1);
    const watch = hub.watch([before, after]);
    await record([after]);
    await following.follow();
    expect(await watch.next()).toEqual([after]);
  });

  it('has who registers while an answer is under way look again: they may have read before it', async () => {
    const { answered, slow } = slowly();
    const following = follower(slow);
    const end = following.follow();
    await expect.poll(() => answered).toHaveLength(1);
    const watch = hub.watch(['a', 'b']);
    answered[0]!.resolve();
    await end;
    expect(await watch.next()).toEqual(['a', 'b']);
  });

  it('reads once more for all who call while it reads', async () => {
    const { answered, slow } = slowly();
    const following = follower(slow);
    const [id] = ids(1) as [string];
    const first = following.follow();
    await expect.poll(() => answered).toHaveLength(1);
    const watch = hub.watch([id]);
    await record([id]);
    const others = Promise.all([following.follow(), following.follow(), following.follow()]);
    answered[0]!.resolve();
    await expect.poll(() => answered).toHaveLength(2);
    answered[1]!.resolve();
    await Promise.all([first, others]);
    expect(answered).toHaveLength(2);
    expect(await watch.next()).toEqual([id]);
  });

  it('has everyone look at everything when it cannot be told what changed', async () => {
    const following = follower();
    await following.follow();
    const watch = hub.watch(['a', 'b']);
    await record(null);
    await following.follow();
    expect(await watch.next()).toEqual(['a', 'b']);
    // The database of a backup.
    await record(ids(1));
    await following.follow();
    await db.sql`update prices.change_clock set last_number = 0, purged_number = 0`;
    await following.follow();
    expect(await watch.next()).toEqual(['a', 'b']);
  });

  it('hands out after a failure what was noted meanwhile', async () => {
    const [id] = ids(1) as [string];
    let isAway = false;
    const sql = (...statement: [TemplateStringsArray, ...never[]]) =>
      isAway ? Promise.reject(new Error('away')) : db.sql(...statement);
    const following = follower({ ...db, sql: sql as unknown as Database['sql'] });
    await following.follow();
    const watch = hub.watch([id]);
    await record([id]);
    isAway = true;
    await expect(following.follow()).rejects.toThrow('away');
    isAway = false;
    await following.follow();
    expect(await watch.next()).toEqual([id]);
  });
});
