import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findPriceList } from '../data/price-lists.ts';
import type { PriceListDraft } from '../domain/price-list.ts';
import type { PricesChangedPayload } from './emit-prices-changed.ts';
import { setPriceList } from './set-price-list.ts';
import { setPrices } from './set-prices.ts';
import { upsertTaxRates } from './upsert-tax-rates.ts';

let testDb: TestDatabase;
/** Two processes. */
let db: Database;
let rival: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['prices']);
  db = testDb.open('prices');
  rival = testDb.open('prices');
});
afterAll(() => testDb.drop());
beforeEach(async () => {
  await db.sql`truncate prices.price_lists, prices.prices, prices.tax_rates, prices.outbox`;
});

const base: PriceListDraft = { code: 'base-eur', scope: 'BASE', channel: null, currency: 'EUR', taxIncluded: true };
const web: PriceListDraft = { ...base, code: 'web-eur', scope: 'CHANNEL', channel: 'web' };

const change = (variantId: string, amountMinor: number | null, compareAtMinor: number | null = null) => ({
  variantId,
  amountMinor,
  compareAtMinor,
});
const set = (changes: ReturnType<typeof change>[], priceListCode = base.code, database = db) =>
  setPrices(database, { priceListCode, changes, maximum: 1_000 });
const rows = () =>
  db.sql`select variant_id, amount_minor, compare_at_minor, xmin::text from prices.prices order by variant_id`;
const events = async () => {
  const written = await db.sql<{ key: string; topic: string; payload: PricesChangedPayload }[]>`
    select key, topic, payload from prices.outbox order by seq`;
  return [...written];
};
const revision = async (code = base.code) => (await findPriceList(db.orm, code))!.revision;

describe('setPriceList', () => {
  test('makes a list once, changes it, and leaves it alone when it is as asked for', async () => {
    const made = await setPriceList(db, base);
    expect(made).toMatchObject({ __typename: 'PriceListSaved', priceList: { ...base, revision: 1 } });
    expect(await setPriceList(db, base)).toEqual(made);
    expect(await events()).toEqual([]);
    const changed = await setPriceList(db, { ...base, taxIncluded: false });
    expect(changed).toMatchObject({ priceList: { taxIncluded: false, revision: 2 } });
    expect(await events()).toMatchObject([
      { payload: { revision: 2, variantIds: [], cacheTags: ['prices:base-eur'] } },
    ]);
  });

  test('refuses a second list for the same scope and currency, changing nothing', async () => {
    await setPriceList(db, base);
    const refused = await setPriceList(db, { ...base, code: 'second' });
    expect(refused).toMatchObject({ __typename: 'InvalidInput', code: 'PRICE_LIST_EXISTS' });
    await setPriceList(db, web);
    expect(await setPriceList(db, { ...web, code: 'second' })).toMatchObject({ code: 'PRICE_LIST_EXISTS' });
    expect(await setPriceList(db, { ...web, channel: null, scope: 'BASE' })).toMatchObject({
      code: 'PRICE_LIST_EXISTS',
    });
    expect(await findPriceList(db.orm, 'second')).toBeNull();
    expect(await findPriceList(db.orm, 'web-eur')).toMatchObject({ ...web, revision: 1 });
  });

  test('refuses another currency or tax mode once the list holds prices, and still takes another scope', async () => {
    await setPriceList(db, base);
    await set([change(newId(), 100)]);
    expect(await setPriceList(db, { ...base, currency: 'USD' })).toMatchObject({
      code: 'PRICE_LIST_IN_USE',
      path: ['input', 'currency'],
    });
    expect(await setPriceList(db, { ...base, taxIncluded: false })).toMatchObject({
      code: 'PRICE_LIST_IN_USE',
      path: ['input', 'taxIncluded'],
    });
    expect(await revision()).toBe(2);
    expect(await setPriceList(db, { ...web, code: base.code })).toMatchObject({
      priceList: { scope: 'CHANNEL', revision: 3 },
    });
  });

  test('refuses a code that cannot be read and a scope that does not fit the channel', async () => {
    expect(await setPriceList(db, { ...base, code: 'Base EUR' })).toMatchObject({ code: 'INVALID_CODE' });
    expect(await setPriceList(db, { ...base, channel: 'web' })).toMatchObject({ code: 'INVALID_CHANNEL' });
    expect(await setPriceList(db, { ...web, channel: null })).toMatchObject({ code: 'INVALID_CHANNEL' });
  });

  test('makes one list when twenty make it at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => setPriceList(index % 2 ? db : rival, base)),
    );
    const ids = made.map((outcome) => (outcome.__typename === 'PriceListSaved' ? outcome.priceList.id : outcome.code));
    expect(new Set(ids).size).toBe(1);
    expect(await revision()).toBe(1);
  });
});

describe('setPrices', () => {
  beforeEach(async () => {
    await setPriceList(db, base);
    await setPriceList(db, web);
  });

  test('adds, changes and removes in one go, writes only the rows that differ and raises the revision once', async () => {
    const [same, changed, removed, added] = [newId(), newId(), newId(), newId()];
    await set([change(same, 100, 200), change(changed, 100), change(removed, 100)]);
    const untouched = (await rows()).find((row) => row['variant_id'] === same);
    const outcome = await set([
      change(added, 5),
      change(removed, null),
      change(changed, 100, 150),
      change(same, 100, 200),
      change(newId(), null),
    ]);
    expect(outcome).toMatchObject({
      __typename: 'PricesChanged',
      changedCount: 3,
      priceList: { code: 'base-eur', revision: 3 },
    });
    const now = await rows();
    expect(now.map((row) => [row['variant_id'], row['amount_minor'], row['compare_at_minor']])).toEqual([
      [same, '100', '200'],
      [changed, '100', '150'],
      [added, '5', null],
    ]);
    // The same transaction wrote it last: the row was neither rewritten nor replaced.
    expect(now.find((row) => row['variant_id'] === same)).toEqual(untouched);
    const list = await findPriceList(db.orm, base.code);
    expect((await events()).at(-1)).toEqual({
      key: list!.id,
      topic: 'prices.prices.changed',
      payload: {
        priceListId: list!.id,
        priceListCode: 'base-eur',
        revision: 3,
        variantIds: [changed, removed, added].sort(),
        cacheTags: ['prices:base-eur'],
      },
    });
  });

  test('changes nothing and emits nothing when the prices are as asked for', async () => {
    const id = newId();
    await set([change(id, 100)]);
    const before = await events();
    expect(await set([change(id.toUpperCase(), 100)])).toMatchObject({ changedCount: 0, priceList: { revision: 2 } });
    expect(await set([])).toMatchObject({ changedCount: 0 });
    expect(await events()).toEqual(before);
  });

  test('tags the base list too when a channel gets a price of its own', async () => {
    await set([change(newId(), 100)], web.code);
    expect(await events()).toMatchObject([{ payload: { cacheTags: ['prices:web-eur', 'prices:base-eur'] } }]);
  });

  test('tells 2,500 variants in three events of one revision, in order', async () => {
    const ids = Array.from({ length: 2_500 }, newId);
    await setPrices(db, { priceListCode: base.code, changes: ids.map((id) => change(id, 1)), maximum: 5_000 });
    const written = await events();
    expect(written.map(({ payload }) => [payload.revision, payload.variantIds.length])).toEqual([
      [2, 1_000],
      [2, 1_000],
      [2, 500],
    ]);
    expect(written.flatMap(({ payload }) => payload.variantIds)).toEqual(ids.toSorted());
  });

  test.each([
    ['a negative amount', [change(newId(), -1)], 'INVALID_AMOUNT'],
    ['an amount beyond the maximum', [change(newId(), 100_000_000_001)], 'INVALID_AMOUNT'],
    ['a negative former amount', [change(newId(), 1, -1)], 'INVALID_AMOUNT'],
    ['a former amount of a removed price', [change(newId(), null, 1)], 'INVALID_AMOUNT'],
    ['no id', [change('x', 1)], 'INVALID_VARIANT'],
    ['more than the maximum', Array.from({ length: 1_001 }, () => change(newId(), 1)), 'TOO_MANY_PRICES'],
  ])('refuses %s and keeps nothing of the call', async (_, bad, code) => {
    expect(await set([change(newId(), 1), ...bad])).toMatchObject({ __typename: 'InvalidInput', code });
    expect([await rows(), await events(), await revision()]).toMatchObject([[], [], 1]);
  });

  test('refuses a variant that stands twice and a list that is not there', async () => {
    const id = newId();
    expect(await set([change(id, 1), change(id.toUpperCase(), 2)])).toMatchObject({
      code: 'DUPLICATE_VARIANT',
      path: ['input', 'prices', '1', 'variantId'],
    });
    expect(await set([change(id, 1)], 'nowhere')).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'priceListCode'],
    });
    expect(await rows()).toHaveLength(0);
  });

  test('loses no update and no revision when two processes write one list in opposite orders', async () => {
    const ids = Array.from({ length: 50 }, newId);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, round) => {
        const order = round % 2 ? ids : ids.toReversed();
        return set(
          order.map((id) => change(id, round + 1)),
          base.code,
          round % 2 ? db : rival,
        );
      }),
    );
    const revisions = outcomes.map((outcome) =>
      outcome.__typename === 'PricesChanged' ? outcome.priceList.revision : 0,
    );
    expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
    const last = revisions.indexOf(41) + 1;
    expect((await rows()).map((row) => row['amount_minor'])).toEqual(ids.map(() => String(last)));
    expect((await events()).map(({ payload }) => payload.revision)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 2),
    );
  });

  test('keeps both changes when two writers change different variants of one list at once', async () => {
    const ids = Array.from({ length: 30 }, newId);
    await Promise.all(ids.map((id, index) => set([change(id, index)], base.code, index % 2 ? db : rival)));
    expect((await rows()).map((row) => row['amount_minor'])).toEqual(ids.map((_, index) => String(index)));
    expect(await revision()).toBe(31);
  });
});

describe('upsertTaxRates', () => {
  test('writes the rates that differ, and then tells that every list shows other prices', async () => {
    await setPriceList(db, base);
    await setPriceList(db, web);
    const rates = [
      { country: 'DE', basisPoints: 1900 },
      { country: 'AT', basisPoints: 2000 },
    ];
    expect(await upsertTaxRates(db, rates)).toBe(2);
    expect(await upsertTaxRates(db, rates)).toBe(0);
    expect(await upsertTaxRates(db, [{ country: 'DE', basisPoints: 1600 }, rates[1]!])).toBe(1);
    expect([await revision(), await revision(web.code)]).toEqual([3, 3]);
    expect(await events()).toHaveLength(4);
    expect(await db.sql`select country, basis_points from prices.tax_rates order by country`).toMatchObject([
      { country: 'AT', basis_points: 2000 },
      { country: 'DE', basis_points: 1600 },
    ]);
  });

  test('does not deadlock with writers of prices', async () => {
    await setPriceList(db, base);
    await setPriceList(db, web);
    const work = Array.from({ length: 20 }, (_, round) => [
      upsertTaxRates(round % 2 ? db : rival, [{ country: 'DE', basisPoints: round }]),
      set([change(newId(), round)], round % 2 ? base.code : web.code, rival),
    ]).flat();
    await expect(Promise.all(work)).resolves.toHaveLength(40);
  });
});
