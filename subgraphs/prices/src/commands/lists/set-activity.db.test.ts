import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findPriceList } from '../../data/lists/find-lists.ts';
import type { Span } from '../../domain/lists/price-list.ts';
import type { SetPriceList } from './set-price-list.ts';
import {
  changedPrices,
  derivedDraft,
  listDraft,
  priceChange,
  recordedChanges,
  savedList,
  toldPrices,
} from '../../testing/list-drafts.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { activatePriceList, archivePriceList, type ActivityOutcome } from './set-activity.ts';

let prices: OpenPrices;
let db: Database;
/** Another process, and one that lives two days later. */
let rival: Database;
let later: Database;
let id: string;

const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 + hours * HOUR_MS);

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  rival = prices.open();
  later = prices.open({ nowOffset: '2 days' });
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  id = newId();
});

const gold = (more: Partial<SetPriceList> = {}) => listDraft('gold', { scope: 'GROUP', subject: 'gold', ...more });
const draft = async (code = 'gold') => {
  await savedList(db, gold({ code, isDraft: true }));
  await changedPrices(db, code, [priceChange(id, 100)]);
};
const activate = (at: Date | null = null, expectedVersion: number | null = null, database = db, code = 'gold') =>
  activatePriceList(database, { code, at, expectedVersion });
const archive = (at: Date | null = null, expectedVersion: number | null = null, database = db, code = 'gold') =>
  archivePriceList(database, { code, at, expectedVersion });
const activityOf = (outcome: ActivityOutcome): Span | null => {
  if (outcome.__typename !== 'PriceListSaved') throw new Error(outcome.message);
  return outcome.priceList.activity;
};
const told = async () => (await toldPrices(db)).map(({ priceListCode, variantIds }) => [priceListCode, variantIds]);

test('a draft tells nothing of its prices until it comes into force, and then all', async () => {
  await draft();
  expect([await told(), await recordedChanges(db)]).toEqual([[], []]);
  expect(activityOf(await activate())).toMatchObject({ until: null });
  expect([await told(), await recordedChanges(db)]).toEqual([[['gold', [id]]], [[id]]]);
  // Once more changes nothing.
  const list = await findPriceList(db.orm, 'gold');
  expect(list).toMatchObject({ version: 2, revision: 3 });
  expect(await activate()).toEqual({ __typename: 'PriceListSaved', priceList: list });
  expect(await told()).toHaveLength(1);
  expect(activityOf(await archive())).toEqual({ from: list!.activity!.from, until: expect.any(Date) as Date });
  expect([await told(), await recordedChanges(db)]).toEqual([
    [
      ['gold', [id]],
      ['gold', [id]],
    ],
    [[id], [id]],
  ]);
  expect(
    await db.sql`
    select (state ->> 'version')::int as version, state -> 'activity' = 'null' as was_draft from prices.state_history
    where kind = 'LIST' order by lower(held)`,
  ).toEqual([
    { version: 1, was_draft: true },
    { version: 2, was_draft: false },
  ]);
});

test('lists that derive from one that comes into force are told with it, drafts aside', async () => {
  await draft();
  await savedList(db, derivedDraft('child', 'gold'));
  await savedList(db, { ...derivedDraft('draft', 'gold'), isDraft: true });
  const before = (await told()).length;
  await activate();
  expect((await told()).slice(before)).toEqual([
    ['gold', [id]],
    ['child', [id]],
  ]);
});

test('a moment that is to come is kept, and told when it comes', async () => {
  await draft();
  const [begin, end] = [inHours(24), inHours(36)];
  expect(activityOf(await activate(begin))).toEqual({ from: begin, until: null });
  expect(activityOf(await archive(end))).toEqual({ from: begin, until: end });
  expect(activityOf(await activate(inHours(25)))).toEqual({ from: inHours(25), until: null });
  expect(activityOf(await archive(inHours(24)))).toBeNull();
  expect([await told(), await recordedChanges(db)]).toEqual([[], []]);
  expect(await findPriceList(db.orm, 'gold')).toMatchObject({ version: 5 });
});

test('a list in force goes on beyond its end, but cannot begin again behind it', async () => {
  await draft();
  const { from } = activityOf(await activate())!;
  const end = inHours(24);
  await archive(end);
  expect(await activate(inHours(25))).toMatchObject({ code: 'INVALID_WINDOW', path: ['input', 'at'] });
  expect(activityOf(await activate(end))).toEqual({ from, until: null });
  await archive(end);
  expect(activityOf(await activate())).toEqual({ from, until: null });
  // Neither of it is another price.
  expect(await told()).toHaveLength(1);
});

test('an archived list comes back, and what was priced before stays as it was', async () => {
  await draft();
  const first = activityOf(await activate())!;
  await archive(inHours(24));
  // Two days later it is archived: to archive it again changes nothing.
  expect(activityOf(await archive(null, null, later))).toEqual({ from: first.from, until: inHours(24) });
  const second = activityOf(await activate(null, null, later))!;
  expect(second.from!.getTime()).toBeGreaterThan(inHours(47).getTime());
  expect(second.until).toBeNull();
  expect(await db.sql`select 1 from prices.state_history where kind = 'LIST'`).toHaveLength(3);
});

test.each([
  ['activate', activate],
  ['archive', archive],
])('refuses to %s in the past, an unknown list, and a version that is not the last', async (_, change) => {
  await draft();
  if (change === archive) await activate();
  const version = (await findPriceList(db.orm, 'gold'))!.version;
  expect(await change(inHours(-1))).toMatchObject({ code: 'INVALID_WINDOW', path: ['input', 'at'] });
  expect(await change(null, version + 1)).toMatchObject({ __typename: 'VersionConflict', currentVersion: version });
  expect(await change(null, null, db, 'nowhere')).toMatchObject({
    __typename: 'NotFound',
    path: ['input', 'priceListCode'],
  });
  expect(await change(null, version)).toMatchObject({ __typename: 'PriceListSaved' });
});

test('a draft does not come into force while another list is for the same buyers, which is named', async () => {
  await draft('second');
  await savedList(db, gold());
  expect(await activate(null, null, db, 'second')).toMatchObject({
    __typename: 'InvalidInput',
    code: 'OVERLAPPING_WINDOW',
    message: expect.stringContaining('The list gold') as string,
    path: ['input', 'priceListCode'],
  });
  await archive();
  expect(await activate(null, null, db, 'second')).toMatchObject({ __typename: 'PriceListSaved' });
  // A list that ends makes room for the next at the same moment.
  await archive(inHours(24), null, db, 'second');
  expect(activityOf(await activate(inHours(24)))).toEqual({ from: inHours(24), until: null });
  expect(await activate(null, null, db, 'second')).toMatchObject({ code: 'OVERLAPPING_WINDOW' });
});

test('one of two drafts that come into force at once does, and the other is refused by the name of the first', async () => {
  for (let round = 0; round < 10; round += 1) {
    const codes = [`one-${round}`, `other-${round}`];
    for (const code of codes) await savedList(db, gold({ code, subject: `group-${round}`, isDraft: true }));
    const outcomes = await Promise.all([activate(null, null, db, codes[0]), activate(null, null, rival, codes[1])]);
    const winner = outcomes.findIndex(({ __typename }) => __typename === 'PriceListSaved');
    expect(outcomes[1 - winner]).toMatchObject({
      code: 'OVERLAPPING_WINDOW',
      message: expect.stringContaining(`The list ${codes[winner]}`) as string,
    });
  }
});
