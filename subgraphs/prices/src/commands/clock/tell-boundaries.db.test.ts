import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findPriceChanges } from '../../data/price-changes.ts';
import { findClock } from '../../data/clock.ts';
import { lockListChanges } from '../../data/lists/lock-lists.ts';
import { announceEngine } from '../announce/announce-engine.ts';
import { EVERYTHING, percent } from '../../testing/given-promotions.ts';
import { changedPrices, priceChange } from '../../testing/list-drafts.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { createTurn } from './price-clock.ts';
import { tellBoundaries } from './tell-boundaries.ts';

let prices: OpenPrices;
/** Two processes that live two hours later. */
let later: Database;
let rival: Database;
const variantId = newId();
const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

beforeAll(async () => {
  prices = await openPrices();
  later = prices.open({ nowOffset: '2 hours' });
  rival = prices.open({ nowOffset: '2 hours' });
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  await prices.givenPrices('base-eur', { [variantId]: 1_000 });
});

const events = async () =>
  (
    await prices.db.sql<{ topic: string; code: string | null }[]>`
    select topic, payload ->> 'priceListCode' as code from prices.outbox order by seq`
  ).map(({ topic, code }) => code ?? topic);
const isDue = async (db: Database) => (await findClock(db)).isListDue;

describe('tellBoundaries', () => {
  test('tells once, of all processes, of a list whose dates began, with its variants and what derives from it', async () => {
    const parent = await prices.givenList({
      code: 'sale',
      scope: 'CHANNEL',
      channel: 'web',
      validity: { from: inHours(1), until: null },
    });
    await prices.givenPrices('sale', { [variantId]: 800 });
    const derivation = {
      parentId: parent,
      adjustment: { kind: 'PERCENT', basisPoints: -1_000 },
      rounding: null,
    } as const;
    await prices.givenList({ code: 'sale-vip', scope: 'GROUP', subject: 'vip', derivation });
    expect(await isDue(prices.db)).toBe(false);
    expect(await tellBoundaries(prices.db)).toBe(0);
    expect(await isDue(later)).toBe(true);
    const told = await Promise.all([later, rival, later, rival].map((db) => tellBoundaries(db)));
    expect(told.toSorted()).toEqual([0, 0, 0, 1]);
    expect(await events()).toEqual(['sale', 'sale-vip']);
    const { variantIds } = await findPriceChanges(later, { number: 1, skip: 0 }, 10);
    expect(variantIds).toEqual([variantId]);
    expect(await isDue(later)).toBe(false);
  });

  test('tells of the end of an activity, and of what passed while nobody looked', async () => {
    await prices.givenList({
      code: 'short',
      scope: 'CHANNEL',
      channel: 'web',
      activity: { from: inHours(0.5), until: inHours(1) },
    });
    await prices.givenPrices('short', { [variantId]: 800 });
    expect(await tellBoundaries(later)).toBe(1);
    expect(await tellBoundaries(later)).toBe(0);
  });

  test('tells of promotions by their dates and by their hours, though nothing of them changed', async () => {
    const effect = percent(10, { ...EVERYTHING, variantIds: [variantId] });
    const minute = (date: Date) => date.getUTCHours() * 60 + date.getUTCMinutes();
    await prices.givenPromotion({ code: 'tomorrow', effect, validity: { from: inHours(24), until: null } });
    await prices.givenPromotion({
      code: 'happy-hour',
      effect,
      conditions: { fromMinute: minute(inHours(1)), untilMinute: minute(inHours(5)) },
    });
    const { revision } = await findClock(prices.db);
    expect(await tellBoundaries(prices.db)).toBe(0);
    expect(await tellBoundaries(later)).toBe(1);
    expect(await events()).toEqual(['prices.promotions.changed']);
    expect((await findPriceChanges(later, { number: 1, skip: 0 }, 10)).variantIds).toEqual([variantId]);
    expect((await findClock(later)).revision).toBe(revision + 1);
  });

  test('tells nothing twice after the process died in between', async () => {
    await prices.givenList({
      code: 'sale',
      scope: 'CHANNEL',
      channel: 'web',
      validity: { from: inHours(1), until: null },
    });
    await prices.givenPrices('sale', { [variantId]: 800 });
    const dying = prices.open({ nowOffset: '2 hours', max: 1 });
    const [{ pid }] = (await dying.sql`select pg_backend_pid() as pid`) as unknown as [{ pid: number }];
    const telling = tellBoundaries(dying);
    await prices.db.sql`select pg_terminate_backend(${pid})`.catch(() => undefined);
    const first = await telling.catch(() => 0);
    const second = await tellBoundaries(later);
    expect(first + second).toBe(1);
    expect(await events()).toEqual(['sale']);
  });

  test.each([
    ['activity', { activity: { from: inHours(-1), until: inHours(1) } }],
    ['dates', { validity: { from: inHours(-1), until: inHours(1) } }],
    ['whole life', { activity: { from: inHours(0.5), until: null }, validity: { from: null, until: inHours(1) } }],
  ])('tells of the end of a promotion’s %s that passed while nobody looked', async (_, windows) => {
    const effect = percent(10, { ...EVERYTHING, variantIds: [variantId] });
    await prices.givenPromotion({ code: 'over', effect, ...windows });
    const turn = createTurn(later);
    await turn();
    expect(await events()).toEqual(['prices.promotions.changed']);
    expect((await findPriceChanges(later, { number: 1, skip: 0 }, 10)).variantIds).toEqual([variantId]);
    await turn();
    expect(await events()).toHaveLength(1);
  });

  test('tells of the end of a promotion though others changed since it ended', async () => {
    const effect = percent(10, { ...EVERYTHING, variantIds: [variantId] });
    await prices.givenPromotion({ code: 'ending', effect, validity: { from: null, until: inHours(1) } });
    const [before, after] = [createTurn(prices.db), createTurn(later)];
    await before();
    await prices.givenPromotion({ code: 'other', effect: percent(1) });
    await after();
    expect(await events()).toEqual(['prices.promotions.changed']);
  });

  test('waits for a list that is being scheduled for a moment that passes meanwhile', async () => {
    await prices.givenList({ code: 'sale', scope: 'CHANNEL', channel: 'web', activity: null });
    await prices.givenPrices('sale', { [variantId]: 800 });
    const scheduled = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const scheduling = prices.db.orm.transaction(async (tx) => {
      await lockListChanges(tx);
      await tx.execute(
        sql`update prices.price_lists set activity = tstzrange(${inHours(1).toISOString()}, null) where code = 'sale'`,
      );
      scheduled.resolve();
      await committed.promise;
    });
    await scheduled.promise;
    const telling = tellBoundaries(later);
    await eventually(async () =>
      expect(
        await rival.sql`select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`,
      ).toHaveLength(1),
    );
    committed.resolve();
    await scheduling;
    expect(await telling).toBe(1);
    expect(await events()).toEqual(['sale']);
  });

  test('never waits in a circle with those who write prices and promotions of what it tells', async () => {
    const statements: string[] = [];
    const writing = prices.open({ nowOffset: '2 hours', onQuery: (query) => statements.push(query) });
    const telling = prices.open({ nowOffset: '2 hours', onQuery: (query) => statements.push(query) });
    const variantIds = Array.from({ length: 300 }, newId);
    for (const subject of ['one', 'two', 'three']) {
      await prices.givenList({ code: subject, scope: 'GROUP', subject, validity: { from: inHours(1), until: null } });
      await prices.givenPrices(subject, Object.fromEntries(variantIds.map((id) => [id, 100])));
    }
    await prices.givenPromotion({ effect: percent(5), validity: { from: inHours(1), until: null } });
    for (let round = 1; round <= 6; round += 1) {
      await prices.db.sql`update prices.engine_clock set boundaries_told = prices.app_now()`;
      const write = (code: string) =>
        changedPrices(
          writing,
          code,
          variantIds.map((id) => priceChange(id, 100 + round)),
        );
      const [told] = await Promise.all([
        tellBoundaries(telling),
        ...['three', 'two', 'one'].map(write),
        ...[1, 2].map(() => writing.orm.transaction((tx) => announceEngine(tx, null))),
      ]);
      expect(told).toBe(4);
    }
    expect(statements.filter((statement) => /^rollback/i.test(statement))).toEqual([]);
  });
});
