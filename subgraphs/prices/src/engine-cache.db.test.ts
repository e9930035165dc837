import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEngineCache } from './engine-cache.ts';
import { openPrices, type OpenPrices } from './testing/open-prices.ts';

let prices: OpenPrices;
let statements = 0;
const promotionOf = (basisPoints: number) => ({
  effect: {
    kind: 'PERCENT' as const,
    basisPoints,
    target: {
      variantIds: [],
      productIds: [],
      categoryIds: [],
      labels: [],
      exclude: { variantIds: [], productIds: [], categoryIds: [], labels: [] },
    },
  },
});

beforeAll(async () => {
  prices = await openPrices({ max: 1, onQuery: () => (statements += 1) });
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

async function revision(): Promise<number> {
  const [row] = await prices.db.sql<{ revision: string }[]>`select revision from prices.engine_state`;
  return Number(row!.revision);
}

describe('createEngineCache', () => {
  test('reads once for all who ask, and not again while the revision is the same', async () => {
    const at = await revision();
    const cache = createEngineCache(prices.db);
    statements = 0;
    const engines = await Promise.all([cache.at(at), cache.at(at), cache.at(at)]);
    expect(new Set(engines).size).toBe(1);
    expect(await cache.at(at)).toBe(engines[0]);
    expect(statements).toBe(1);
  });

  test('keeps what is in force, begins later or is a code away, with shipping and fees', async () => {
    const hour = (from: number, until: number | null) => ({
      from: new Date(Date.now() + from * 3_600_000),
      until: until === null ? null : new Date(Date.now() + until * 3_600_000),
    });
    await prices.givenPromotion({ code: 'now', ...promotionOf(1) });
    await prices.givenPromotion({ code: 'later', ...promotionOf(1), activity: hour(1, null) });
    await prices.givenPromotion({ code: 'coded', ...promotionOf(1), needsCode: true });
    await prices.givenPromotion({
      code: 'used up',
      ...promotionOf(1),
      limits: { maxUses: 3, maxUsesPerCustomer: null, budget: null },
      isExhausted: true,
    });
    await prices.givenPromotion({ code: 'ended', ...promotionOf(1), activity: hour(-2, -1) });
    await prices.givenPromotion({ code: 'past its dates', ...promotionOf(1), validity: hour(-2, -1) });
    await prices.givenPromotion({ code: 'draft', ...promotionOf(1), activity: null });
    await prices.givenShipping({ code: 'post', zones: [] });
    await prices.givenShipping({ code: 'off', zones: [], isActive: false });
    await prices.givenFees('market', [{ fromMinor: 0, basisPoints: 100, fixedMinor: 1, minimumMinor: 2 }]);
    const engine = await createEngineCache(prices.db).at(await revision());
    const kept = engine.promotions.rules.map(({ promotion }) => [promotion.code, promotion.isExhausted]);
    expect(kept.sort()).toEqual([
      ['coded', false],
      ['later', false],
      ['now', false],
      ['used up', true],
    ]);
    expect(engine.shippingOptions).toMatchObject([{ code: 'post', isActive: true, currency: 'EUR', zones: [] }]);
    expect(engine.feeSchedules.get('market')).toEqual([
      { fromMinor: 0, basisPoints: 100, fixedMinor: 1, minimumMinor: 2 },
    ]);
  });

  test('reads again for a newer revision, and answers the one before for who is under way', async () => {
    const cache = createEngineCache(prices.db);
    const before = await revision();
    const old = await cache.at(before);
    await prices.givenPromotion({ code: 'new', ...promotionOf(1) });
    const fresh = await cache.at(await revision());
    expect(fresh.promotions.rules.map(({ promotion }) => promotion.code)).toEqual(['new']);
    expect(fresh.revision).toBe(before + 1);
    expect(await cache.at(before)).toBe(old);
    await prices.givenPromotion({ code: 'newer', ...promotionOf(1) });
    const newest = await cache.at(before + 2);
    // Two changes ago is gone: the newest is answered, and says so.
    expect(await cache.at(before)).toBe(newest);
    expect(newest.revision).toBe(before + 2);
  });

  test('takes the tree of categories over while it is the same, and reads it when anything in it is another', async () => {
    const [top, below, other] = [newId(), newId(), newId()];
    await prices.givenCategories({ [top]: null, [below]: top, [other]: null });
    const cache = createEngineCache(prices.db);
    const first = await cache.at(await revision());
    expect(first.ancestorsOf(below)).toEqual([below, top]);
    await prices.givenPromotion(promotionOf(1));
    const second = await cache.at(await revision());
    expect(second.ancestorsOf).toBe(first.ancestorsOf);
    await prices.db
      .sql`update prices.category_facts set parent_id = ${other}, revision = 2 where category_id = ${below}`;
    await prices.db.sql`update prices.engine_state set revision = revision + 1`;
    expect((await cache.at(await revision())).ancestorsOf(below)).toEqual([below, other]);
    await prices.db.sql`delete from prices.category_facts where category_id = ${below}`;
    await prices.db.sql`update prices.engine_state set revision = revision + 1`;
    expect((await cache.at(await revision())).ancestorsOf(below)).toEqual([below]);
  });

  test('tells whoever waits that reading failed, and reads again for the next', async () => {
    let fails = true;
    const flaky = new Proxy(prices.db.sql, {
      get: (sql, key, self) =>
        key === 'unsafe' && fails ? () => Promise.reject(new Error('gone')) : Reflect.get(sql, key, self),
    });
    const cache = createEngineCache({ sql: flaky });
    const at = await revision();
    await expect(cache.at(at)).rejects.toThrow('gone');
    fails = false;
    expect((await cache.at(at)).revision).toBe(at);
  });

  test('answers the newest there is for a revision that was never reached', async () => {
    const at = await revision();
    expect((await createEngineCache(prices.db).at(at + 10)).revision).toBe(at);
  });
});
