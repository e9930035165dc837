import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findFeeSchedule, findFeeSchedules } from '../../data/lists/fee-schedules.ts';
import { ANYBODY } from '../../domain/pricing-context.ts';
import type { FeeBracket } from '../../domain/lists/price-list.ts';
import { createTableTaxes } from '../../domain/taxes/table-taxes.ts';
import { unitPriceOf } from '../../domain/unit-price.ts';
import { createEngineCache } from '../../engine-cache.ts';
import { readWithTaxes } from '../../price-readers.ts';
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
import { setFeeSchedule } from './set-fee-schedule.ts';

let prices: OpenPrices;
let db: Database;
/** Another process. */
let rival: Database;

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  rival = prices.open();
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

const bracket = (basisPoints: number, more: Partial<FeeBracket> = {}): FeeBracket => ({
  fromMinor: 0,
  basisPoints,
  fixedMinor: 0,
  minimumMinor: 0,
  ...more,
});
const schedule = (brackets: readonly FeeBracket[], more: { name?: string; currency?: string; code?: string } = {}) => ({
  code: 'market',
  name: 'Market',
  currency: 'EUR',
  brackets,
  ...more,
});
const events = async () => {
  const rows = await db.sql<{ payload: { cacheTags: string[] } }[]>`
    select payload from prices.outbox where topic = 'prices.promotions.changed' order by seq`;
  return rows.map(({ payload }) => payload.cacheTags);
};

test('makes a schedule, changes it, keeps what it was, and leaves it alone when it is as asked for', async () => {
  const first = await setFeeSchedule(db, schedule([bracket(1_500)]), 0);
  expect(first).toEqual({
    __typename: 'FeeScheduleSaved',
    feeSchedule: { ...schedule([bracket(1_500)]), version: 1 },
  });
  expect(await setFeeSchedule(db, schedule([bracket(1_500)]), 1)).toEqual(first);
  expect(await events()).toHaveLength(1);
  const brackets = [bracket(1_500, { minimumMinor: 30 }), bracket(800, { fromMinor: 10_000, fixedMinor: 35 })];
  expect(await setFeeSchedule(db, schedule(brackets), 1)).toMatchObject({ feeSchedule: { brackets, version: 2 } });
  expect(await findFeeSchedules(db.orm)).toEqual([{ ...schedule(brackets), version: 2 }]);
  expect(
    await db.sql`
    select state ->> 'version' as version, upper(held) = (select since from prices.fee_schedules) as adjoins
    from prices.state_history where kind = 'FEES' and key = 'market'`,
  ).toEqual([{ version: '1', adjoins: true }]);
  expect(await setFeeSchedule(db, schedule([]), 1)).toMatchObject({ code: 'INVALID_BRACKETS' });
  expect(await setFeeSchedule(db, schedule([bracket(1)]), 1)).toMatchObject({
    __typename: 'VersionConflict',
    currentVersion: 2,
  });
  // No list keeps a margin by it: nobody pays another price.
  expect(await recordedChanges(db)).toEqual([]);
});

test('lists that keep a margin by a schedule follow it, in the next answer of every process', async () => {
  await setFeeSchedule(db, schedule([bracket(1_000)]), null);
  await savedList(db, listDraft('costs', { scope: 'SOURCE', taxIncluded: false }));
  const [id, other] = [newId(), newId()];
  await changedPrices(db, 'costs', [priceChange(id, 7_000)]);
  await changedPrices(db, 'base-eur', [priceChange(other, 1)]);
  const margin = { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 0, feeSchedule: 'market' } as const;
  await savedList(db, { ...derivedDraft('market', 'costs', margin), scope: 'CHANNEL', subject: null, channel: 'web' });
  const tenth = { kind: 'PERCENT', basisPoints: 1_000 } as const;
  await savedList(db, derivedDraft('dearer', 'market', tenth));
  const engines = createEngineCache(rival);
  const priceOf = async () => {
    const scope = { channel: 'web', currency: 'EUR', country: 'DE', region: null, buyer: ANYBODY };
    const found = await readWithTaxes({ db: rival, engines, taxes: createTableTaxes() }, scope, [id]);
    return unitPriceOf(found!.found, id, 1, found!.taxes)?.gross.minorUnits;
  };
  // 10000 − 1000 fees − 7000 costs leave a fifth.
  expect(await priceOf()).toBe(10_000);
  const [recorded, told] = [(await recordedChanges(db)).length, (await toldPrices(db)).length];
  await setFeeSchedule(db, schedule([bracket(3_000)]), null);
  expect(await priceOf()).toBe(14_000);
  // Of the variants with costs, and no others; by caches, whose answers may show them.
  expect((await recordedChanges(db)).slice(recorded)).toEqual([[id]]);
  expect((await events()).at(-1)).toEqual(['prices:base-eur', 'prices:costs', 'prices:dearer', 'prices:market']);
  // The lists themselves are as they were.
  expect(await toldPrices(db)).toHaveLength(told);
  await setFeeSchedule(db, schedule([bracket(3_000)], { name: 'Marketplace' }), null);
  expect((await recordedChanges(db)).slice(recorded)).toEqual([[id]]);
});

test('a schedule that a list keeps a margin by stays in its currency, also when both are set at once', async () => {
  await savedList(db, listDraft('costs', { scope: 'SOURCE', taxIncluded: false }));
  for (let round = 0; round < 10; round += 1) {
    const code = `market-${round}`;
    await setFeeSchedule(db, schedule([bracket(1_000)], { code }), null);
    const margin = { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 0, feeSchedule: code } as const;
    const outcomes = await Promise.all([
      setFeeSchedule(db, schedule([bracket(1_000)], { code, currency: 'USD' }), null),
      savedList(rival, derivedDraft(code, 'costs', margin)).catch(() => null),
    ]);
    const { currency } = (await findFeeSchedule(db.orm, code))!;
    expect(outcomes).toMatchObject(
      currency === 'EUR' ? [{ code: 'FEE_SCHEDULE_IN_USE' }, { code }] : [{ __typename: 'FeeScheduleSaved' }, null],
    );
  }
});

test.each([
  ['a code that cannot be read', schedule([bracket(1)], { code: 'Market!' }), 'INVALID_CODE'],
  ['no name', schedule([bracket(1)], { name: ' ' }), 'INVALID_NAME'],
  ['an unknown currency', schedule([bracket(1)], { currency: 'XYZ' }), 'UNKNOWN_CURRENCY'],
  ['more than all', schedule([bracket(10_001)]), 'INVALID_PERCENT'],
  ['a negative share', schedule([bracket(-1)]), 'INVALID_PERCENT'],
  ['a negative fee', schedule([bracket(1, { fixedMinor: -1 })]), 'INVALID_AMOUNT'],
  ['a negative minimum', schedule([bracket(1, { minimumMinor: -1 })]), 'INVALID_AMOUNT'],
  ['brackets that do not begin at 0', schedule([bracket(1, { fromMinor: 1 })]), 'INVALID_BRACKETS'],
  ['brackets that do not ascend', schedule([bracket(1), bracket(1)]), 'INVALID_BRACKETS'],
  [
    'too many brackets',
    schedule(Array.from({ length: 51 }, (_, fromMinor) => bracket(1, { fromMinor }))),
    'INVALID_BRACKETS',
  ],
])('refuses %s', async (_, draft, code) => {
  expect(await setFeeSchedule(db, draft, null)).toMatchObject({ __typename: 'InvalidInput', code });
  expect(await findFeeSchedules(db.orm)).toEqual([]);
});
