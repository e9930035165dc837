import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findPriceList } from '../../data/lists/find-lists.ts';
import { MAX_TIERS } from '../../domain/lists/price-change.ts';
import {
  changedPrices,
  derivedDraft,
  listDraft,
  priceChange as change,
  recordedChanges,
  savedList,
  toldPrices,
} from '../../testing/list-drafts.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { upsertTaxRates } from '../taxes/upsert-tax-rates.ts';
import { activatePriceList, archivePriceList } from './set-activity.ts';
import { setFeeSchedule } from './set-fee-schedule.ts';
import { setPrices } from './set-prices.ts';

let prices: OpenPrices;
let db: Database;
/** Another process. */
let rival: Database;

const BASE = 'base-eur';

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  rival = prices.open();
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

const rows = async (code = BASE) => [
  ...(await db.sql`
    select p.variant_id as id, p.min_quantity as quantity, p.amount_minor::int as minor, p.amount_micros as micros,
      p.compare_at_minor::int as compare_at, p.xmin::text from prices.prices p join prices.price_lists l using (price_list_id)
    where l.code = ${code} order by 1, 2`),
];
const amounts = async (code = BASE) => (await rows(code)).map(({ id, quantity, minor }) => [id, quantity, minor]);
const revision = async (code = BASE) => (await findPriceList(db.orm, code))!.revision;
const ids = (count: number) => Array.from({ length: count }, newId).sort();

/** Prices of a variant in the order of time: those that were, that which is, and whether each began when the one before ended. */
const timeline = (variantId: string) => db.sql`
  select minor, amount, lag(until) over (order by since) = since as adjoins, until is null as is_open from (
    select amount_minor::int as minor, amount_micros as amount, lower(held) as since, upper(held) as until
      from prices.price_history where variant_id = ${variantId}
    union all
    select amount_minor::int, amount_micros, since, null from prices.prices where variant_id = ${variantId}) as known order by since`;

describe('setPrices', () => {
  test('adds, changes and removes in one go, writes only the rows that differ and raises the revision once', async () => {
    await savedList(db, listDraft('web-eur', { scope: 'CHANNEL', channel: 'web' }));
    const [same, changed, removed, added, none] = ids(5) as [string, string, string, string, string];
    await changedPrices(db, BASE, [
      change(same, 100, { compareAtMinor: 200 }),
      change(changed, 100),
      change(removed, 100),
    ]);
    const untouched = (await rows()).find(({ id }) => id === same);
    const outcome = await changedPrices(db, BASE, [
      change(added, 5),
      change(removed, null),
      change(changed, 100, { compareAtMinor: 150 }),
      change(same.toUpperCase(), 100, { compareAtMinor: 200 }),
      change(none, null),
    ]);
    expect(outcome).toMatchObject({ changedCount: 3, priceList: { code: BASE, revision: 3 } });
    expect(outcome.rows.map(({ status }) => status)).toEqual(['SET', 'REMOVED', 'SET', 'UNCHANGED', 'UNCHANGED']);
    expect((await rows()).map(({ id, minor, compare_at }) => [id, minor, compare_at])).toEqual([
      [same, 100, 200],
      [changed, 100, 150],
      [added, 5, null],
    ]);
    // The transaction before wrote it last: the row was neither rewritten nor replaced.
    expect((await rows()).find(({ id }) => id === same)).toEqual(untouched);
    const list = await findPriceList(db.orm, BASE);
    expect((await toldPrices(db)).at(-1)).toEqual({
      priceListId: list!.id,
      priceListCode: BASE,
      revision: 3,
      variantIds: [changed, removed, added],
      cacheTags: ['prices:base-eur', 'prices:web-eur'],
    });
    expect((await recordedChanges(db)).at(-1)).toEqual([changed, removed, added]);
  });

  test('changes nothing, tells nothing and keeps no history when the prices are as asked for', async () => {
    const id = newId();
    await changedPrices(db, BASE, [change(id, 100)]);
    const before = [await toldPrices(db), await recordedChanges(db)];
    expect(await changedPrices(db, BASE, [change(id, 100)])).toMatchObject({
      changedCount: 0,
      priceList: { revision: 2 },
    });
    expect(await changedPrices(db, BASE, [])).toMatchObject({ changedCount: 0, rows: [] });
    expect([await toldPrices(db), await recordedChanges(db)]).toEqual(before);
    expect(await db.sql`select 1 from prices.price_history`).toHaveLength(0);
  });

  test('keeps prices by quantity, and millionths of a minor unit, beside one another', async () => {
    const id = newId();
    await changedPrices(db, BASE, [
      change(id, 100),
      change(id, 90, { minQuantity: 10 }),
      change(id, 1, { minQuantity: 10_000, amountMicros: 234_567 }),
    ]);
    const outcome = await changedPrices(db, BASE, [
      change(id, null, { minQuantity: 10 }),
      change(id, 1, { minQuantity: 10_000, amountMicros: 234_568 }),
      change(id, 100),
    ]);
    expect(outcome.rows.map(({ status }) => status)).toEqual(['REMOVED', 'SET', 'UNCHANGED']);
    expect((await rows()).map(({ quantity, minor, micros }) => [quantity, minor, micros])).toEqual([
      [1, 100, 0],
      [10_000, 1, 234_568],
    ]);
    // One variant, however many of its prices changed.
    expect((await toldPrices(db)).map(({ variantIds }) => variantIds)).toEqual([[id], [id]]);
  });

  test('keeps the good rows of a call and says of each other one why not', async () => {
    const [one, two, three, four] = ids(4) as [string, string, string, string];
    const outcome = await changedPrices(db, BASE, [
      change(one, 100),
      change('x', 1),
      change(two, -1),
      change(two, 2),
      change(two.toUpperCase(), 3),
      change(three, 1, { minQuantity: 0 }),
      change(three, 1, { amountMicros: 1_000_000 }),
      change(three, 1, { compareAtMinor: -1 }),
      change(three, null, { compareAtMinor: 1 }),
      change(three, 100_000_000_001),
      change(three, 1, { minQuantity: 10_001 }),
      change(four, 1.5),
      change(four, 4),
    ]);
    expect(outcome.changedCount).toBe(3);
    expect(outcome.rows.map(({ index, status, code }) => [index, code ?? status])).toEqual([
      [0, 'SET'],
      [1, 'INVALID_VARIANT'],
      [2, 'INVALID_AMOUNT'],
      [3, 'SET'],
      [4, 'DUPLICATE_ROW'],
      [5, 'INVALID_QUANTITY'],
      [6, 'INVALID_AMOUNT'],
      [7, 'INVALID_AMOUNT'],
      [8, 'INVALID_AMOUNT'],
      [9, 'INVALID_AMOUNT'],
      [10, 'INVALID_QUANTITY'],
      [11, 'INVALID_AMOUNT'],
      [12, 'SET'],
    ]);
    expect(await amounts()).toEqual([
      [one, 1, 100],
      [two, 1, 2],
      [four, 1, 4],
    ]);
    expect(await recordedChanges(db)).toEqual([[one, two, four]]);
  });

  test('rejects what would give a variant more than 50 prices by quantity, after those that the call removes', async () => {
    const id = newId();
    const tiers = Array.from({ length: MAX_TIERS }, (_, index) => change(id, 100, { minQuantity: index + 2 }));
    await changedPrices(db, BASE, tiers);
    const outcome = await changedPrices(db, BASE, [
      change(id, 100, { minQuantity: 99 }),
      change(id, 90, { minQuantity: 2 }),
      change(id, 100, { minQuantity: 100 }),
      change(id, null, { minQuantity: 3 }),
      change(id, 100, { minQuantity: 3_000 }),
    ]);
    expect(outcome.rows.map(({ status, code }) => code ?? status)).toEqual([
      'SET',
      'SET',
      'TOO_MANY_TIERS',
      'REMOVED',
      'TOO_MANY_TIERS',
    ]);
    expect(await rows()).toHaveLength(MAX_TIERS);
    expect(
      await setPrices(db, { priceListCode: BASE, changes: [change(id, 1)], maximum: 10, isWhole: true }),
    ).toMatchObject({
      __typename: 'InvalidInput',
      code: 'TOO_MANY_TIERS',
      path: ['input', 'prices', '0', 'minQuantity'],
    });
  });

  test('keeps nothing of a whole call with one bad row', async () => {
    const changes = [change(newId(), 1), change(newId(), -1)];
    expect(await setPrices(db, { priceListCode: BASE, changes, maximum: 10, isWhole: true })).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_AMOUNT',
      path: ['input', 'prices', '1', 'amountMinor'],
    });
    expect([await rows(), await toldPrices(db), await revision()]).toEqual([[], [], 1]);
  });

  test('refuses more rows than a call may hold, and a list that is not there', async () => {
    const changes = ids(3).map((id) => change(id, 1));
    expect(await setPrices(db, { priceListCode: BASE, changes, maximum: 2 })).toMatchObject({
      code: 'TOO_MANY_PRICES',
    });
    for (const priceListCode of ['nowhere', '\0'])
      expect(await setPrices(db, { priceListCode, changes, maximum: 3 })).toMatchObject({
        __typename: 'NotFound',
        path: ['input', 'priceListCode'],
      });
  });

  test('keeps what prices were, each until the next began', async () => {
    const id = newId();
    for (const [minor, amountMicros] of [
      [100, 0],
      [100, 5],
      [80, 0],
    ] as const)
      await changedPrices(db, BASE, [change(id, minor, { amountMicros })]);
    expect(await timeline(id)).toEqual([
      { minor: 100, amount: 0, adjoins: null, is_open: false },
      { minor: 100, amount: 5, adjoins: true, is_open: false },
      { minor: 80, amount: 0, adjoins: true, is_open: true },
    ]);
    await changedPrices(db, BASE, [change(id, null)]);
    await changedPrices(db, BASE, [change(id, 70)]);
    // Between the removal and the new price there was none.
    expect((await timeline(id)).map(({ minor, adjoins }) => [minor, adjoins])).toEqual([
      [100, null],
      [100, true],
      [80, true],
      [70, false],
    ]);
  });

  test('tells 2,500 variants in three events of one revision, in order', async () => {
    const all = ids(2_500);
    await changedPrices(
      db,
      BASE,
      all.map((id) => change(id, 1)),
    );
    const told = await toldPrices(db);
    expect(told.map(({ revision: at, variantIds }) => [at, variantIds.length])).toEqual([
      [2, 1_000],
      [2, 1_000],
      [2, 500],
    ]);
    expect(told.flatMap(({ variantIds }) => variantIds)).toEqual(all);
    expect((await recordedChanges(db)).flat()).toEqual(all);
  });

  test('loses no update and no revision when two processes write one list in opposite orders', async () => {
    const all = ids(50);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, round) =>
        changedPrices(
          round % 2 ? db : rival,
          BASE,
          (round % 2 ? all : all.toReversed()).map((id) => change(id, round + 1)),
        ),
      ),
    );
    const revisions = outcomes.map(({ priceList }) => priceList.revision);
    const counted = Array.from({ length: 40 }, (_, index) => index + 2);
    expect(revisions.toSorted((a, b) => a - b)).toEqual(counted);
    const last = revisions.indexOf(41) + 1;
    expect(await amounts()).toEqual(all.map((id) => [id, 1, last]));
    expect((await toldPrices(db)).map((told) => told.revision)).toEqual(counted);
    // Every price that was has a span of its own.
    expect(await timeline(all[0]!)).toHaveLength(40);
    expect((await timeline(all[0]!)).slice(1).every(({ adjoins }) => adjoins)).toBe(true);
  });

  test('keeps both changes when two writers change different variants of one list at once', async () => {
    const all = ids(30);
    await Promise.all(all.map((id, index) => changedPrices(index % 2 ? db : rival, BASE, [change(id, index)])));
    expect(await amounts()).toEqual(all.map((id, index) => [id, 1, index]));
    expect(await revision()).toBe(31);
  });
});

describe('prices of a list that others derive from', () => {
  test('raise the revision of those as well, and are told for each, those that price nothing for anybody aside', async () => {
    const costs = await savedList(db, listDraft('costs', { scope: 'SOURCE' }));
    const child = await savedList(db, derivedDraft('child', 'costs'));
    const grandchild = await savedList(db, derivedDraft('grandchild', 'child'));
    const draft = await savedList(db, { ...derivedDraft('draft', 'child'), isDraft: true });
    const id = newId();
    await changedPrices(db, 'costs', [change(id, 100)]);
    expect((await toldPrices(db)).map((told) => [told.priceListCode, told.revision, told.variantIds])).toEqual([
      ['child', 2, [id]],
      ['grandchild', 2, [id]],
    ]);
    expect((await toldPrices(db))[0]!.cacheTags).toEqual(['prices:child', 'prices:base-eur']);
    expect(await recordedChanges(db)).toEqual([[id]]);
    for (const { code, version } of [costs, child, grandchild, draft])
      expect(await findPriceList(db.orm, code)).toMatchObject({ revision: 2, version });
    // Prices are no state of the list itself.
    expect(await db.sql`select 1 from prices.state_history`).toHaveLength(0);
  });

  test('name the lists alone when lists and variants together would be too many', async () => {
    await savedList(db, listDraft('costs', { scope: 'SOURCE' }));
    for (let index = 0; index < 21; index += 1) await savedList(db, derivedDraft(`child-${index}`, 'costs'));
    const all = ids(5_000);
    await changedPrices(
      db,
      'costs',
      all.map((id) => change(id, 1)),
    );
    const told = await toldPrices(db);
    expect(told).toHaveLength(21);
    expect(told.every(({ variantIds }) => variantIds.length === 0)).toBe(true);
    expect((await recordedChanges(db)).flat()).toEqual(all);
  });

  test.each(['draft', 'source'])('tell nothing of a %s that no list derives from', async (kind) => {
    await savedList(db, listDraft('quiet', kind === 'draft' ? { isDraft: true } : { scope: 'SOURCE' }));
    await changedPrices(db, 'quiet', [change(newId(), 100)]);
    expect([await toldPrices(db), await recordedChanges(db), await revision('quiet')]).toEqual([[], [], 2]);
  });

  test('are written at once with those of the lists that derive, by two processes, and nobody waits for ever', async () => {
    await savedList(db, listDraft('parent', { scope: 'GROUP', subject: 'parent' }));
    await savedList(db, derivedDraft('child-a', 'parent'));
    await savedList(db, derivedDraft('child-b', 'parent'));
    await savedList(db, derivedDraft('deep-a', 'child-a'));
    await savedList(db, derivedDraft('deep-b', 'child-b'));
    const codes = ['deep-b', 'child-a', 'parent', 'child-b', 'deep-a'];
    const began = await transactionsOf((one, other) =>
      Array.from({ length: 60 }, (_, round) =>
        changedPrices(round % 2 ? one : other, codes[round % 5]!, [change(newId(), round)]),
      ),
    );
    // Twelve changes of each: its own and those of the lists above it.
    expect(await Promise.all(['parent', 'child-a', 'child-b', 'deep-a', 'deep-b'].map(revision))).toEqual([
      13, 25, 25, 37, 37,
    ]);
    // None was broken off, to be begun again.
    expect(began).toBe(60);
  });

  test('are written while lists, fees and taxes are changed, and none is broken off', async () => {
    await savedList(db, listDraft('costs', { scope: 'SOURCE', taxIncluded: false }));
    await savedList(db, listDraft('other-costs', { scope: 'SOURCE', taxIncluded: false }));
    const brackets = (basisPoints: number) => [{ fromMinor: 0, basisPoints, fixedMinor: 0, minimumMinor: 0 }];
    const fees = (basisPoints: number) => ({
      ...{ code: 'market', name: 'Market', currency: 'EUR', brackets: brackets(basisPoints) },
    });
    await setFeeSchedule(db, fees(0), null);
    const margin = { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 0, feeSchedule: 'market' } as const;
    for (const code of ['market', 'market-too']) await savedList(db, derivedDraft(code, 'costs', margin));
    await savedList(db, derivedDraft('dearer', 'market'));
    const began = await transactionsOf((one, other) =>
      Array.from({ length: 12 }, (_, round) => [
        changedPrices(one, 'costs', [change(newId(), round)]),
        changedPrices(other, 'market', [change(newId(), round)]),
        changedPrices(one, 'dearer', [change(newId(), round)]),
        savedList(other, derivedDraft('market', round % 2 ? 'costs' : 'other-costs', margin)),
        (round % 2 ? archivePriceList : activatePriceList)(one, {
          code: 'market-too',
          at: null,
          expectedVersion: null,
        }),
        setFeeSchedule(other, fees(round), null),
        upsertTaxRates(one, [{ country: 'DE', region: '', taxCategory: 'standard', basisPoints: round }]),
      ]).flat(),
    );
    expect(began).toBe(84);
  });
});

/** Does work in two processes, all at once. @returns how many transactions were begun for it */
async function transactionsOf(work: (one: Database, other: Database) => Promise<unknown>[]): Promise<number> {
  let began = 0;
  const onQuery = (query: string) => (began += /^begin/i.test(query) ? 1 : 0);
  await Promise.all(work(prices.open({ onQuery }), prices.open({ onQuery })));
  return began;
}

describe('a change of 20,000 prices', () => {
  test('writes those that differ alone, while an open reader neither waits nor sees a half of a call', async () => {
    const all = ids(20_000);
    const calls = [0, 1, 2, 3].map((call) => all.slice(call * 5_000, call * 5_000 + 5_000));
    for (const call of calls)
      await changedPrices(
        db,
        BASE,
        call.map((id) => change(id, 100)),
      );
    const before = new Map((await rows()).map(({ id, xmin }) => [id, xmin]));

    const reader = prices.open({ max: 1 });
    const seen: [minor: number, count: number][][] = [];
    await reader.sql.begin('isolation level repeatable read', async (open) => {
      const read = async () => {
        const counts = await open`
          select amount_minor::int as minor, count(*)::int as count from prices.prices group by 1 order by 1`;
        seen.push(counts.map(({ minor, count }) => [minor as number, count as number]));
      };
      await read();
      // Every other price becomes another; the transaction of the reader is open all the while.
      for (const call of calls) {
        const outcome = await changedPrices(
          rival,
          BASE,
          call.map((id, index) => change(id, index % 2 ? 200 : 100)),
        );
        expect(outcome.changedCount).toBe(2_500);
        await read();
      }
    });
    expect(seen).toEqual(Array.from({ length: 5 }, () => [[100, 20_000]]));

    const after = await rows();
    expect(after.map(({ minor }) => minor)).toEqual(all.map((_, index) => (index % 2 ? 200 : 100)));
    expect(after.filter(({ id, xmin }) => before.get(id) !== xmin)).toHaveLength(10_000);
    const [history] = await db.sql`select count(*)::int as count from prices.price_history where amount_minor = 100`;
    expect(history).toEqual({ count: 10_000 });
  });

  test('shows all of a call at once to those who read while it is written', async () => {
    const all = ids(5_000);
    await changedPrices(
      db,
      BASE,
      all.map((id) => change(id, 1)),
    );
    let isDone = false;
    const reading = (async () => {
      const seen: number[] = [];
      while (!isDone) {
        const counts = await rival.sql`select distinct amount_minor::int as minor from prices.prices`;
        seen.push(counts.length);
      }
      return seen;
    })();
    for (const minor of [2, 3, 4])
      await changedPrices(
        db,
        BASE,
        all.map((id) => change(id, minor)),
      );
    isDone = true;
    expect(new Set(await reading)).toEqual(new Set([1]));
  });
});
