import { describe, expect, test } from 'vitest';
import { priceOfList, type FeeSchedules } from './derive.ts';
import type { Adjustment, Candidate, PriceList, PriceRounding, PriceRow, Span } from './price-list.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const ALWAYS: Span = { from: new Date(0), until: null };
const FEES: FeeSchedules = new Map([
  ['market', [{ fromMinor: 0, basisPoints: 1_500, fixedMinor: 0, minimumMinor: 0 }]],
]);

const list = (id: string, adjustment: Adjustment | null = null, rounding: PriceRounding | null = null): PriceList => ({
  id,
  code: id,
  name: id,
  scope: 'BASE',
  subject: null,
  channel: null,
  currency: 'EUR',
  taxIncluded: adjustment?.kind !== 'MARGIN' ? true : false,
  revision: 1,
  version: 1,
  activity: ALWAYS,
  validity: null,
  derivation: adjustment && { parentId: 'parent', adjustment, rounding },
});
const row = (minQuantity: number, minor: number, micros = 0, compareAtMinor: number | null = null): PriceRow => ({
  minQuantity,
  amount: { minor, micros },
  compareAtMinor,
});
const candidate = (...of: [PriceList, readonly PriceRow[]][]): Candidate => ({
  list: of[0]![0],
  chain: of.map(([each]) => each),
  rowsOfChain: of.map(([, rows]) => rows),
});
const priceOf = (of: Candidate, quantity = 1) => priceOfList(of, quantity, { now: NOW, feeSchedules: FEES });

const percent = (basisPoints: number): Adjustment => ({ kind: 'PERCENT', basisPoints });
const amount = (minor: number): Adjustment => ({ kind: 'AMOUNT', minor });
const UP_99: PriceRounding = { mode: 'UP', stepMinor: 100, endingMinor: 99 };

describe('priceOfList', () => {
  test('takes its own price by quantity, and nothing for fewer than its lowest tier', () => {
    const own = candidate(
      [list('own', percent(-1_000)), [row(5, 900), row(10, 800)]],
      [list('parent'), [row(1, 2_000)]],
    );
    expect(priceOf(own, 7)).toEqual({
      amount: { minor: 900, micros: 0 },
      compareAtMinor: null,
      minQuantity: 5,
      heldAt: 0,
    });
    expect(priceOf(own, 10)?.amount.minor).toBe(800);
    expect(priceOf(own, 4)).toBeNull();
  });

  test.each<[string, PriceList, PriceRow, { minor: number; micros: number }, number | null]>([
    ['ten percent less', list('c', percent(-1_000)), row(1, 1_995, 0, 2_500), { minor: 1_796, micros: 0 }, 2_250],
    ['a half to the even cent', list('c', percent(-5_000)), row(1, 25), { minor: 12, micros: 0 }, null],
    ['five percent more', list('c', percent(500)), row(1, 1_000), { minor: 1_050, micros: 0 }, null],
    ['nothing left', list('c', percent(-10_000)), row(1, 1_000), { minor: 0, micros: 0 }, null],
    ['an exact price stays exact', list('c', percent(-1_000)), row(1, 1, 234_567), { minor: 1, micros: 111_110 }, null],
    ['two euro less', list('c', amount(-200)), row(1, 1_999, 0, 2_199), { minor: 1_799, micros: 0 }, 1_999],
    [
      'two euro more, millionths kept',
      list('c', amount(200)),
      row(1, 1, 500_000),
      { minor: 201, micros: 500_000 },
      null,
    ],
    ['less than there is', list('c', amount(-200)), row(1, 150), { minor: 0, micros: 0 }, null],
    [
      'ending as asked for',
      list('c', percent(-1_000), UP_99),
      row(1, 2_000, 0, 3_000),
      { minor: 1_899, micros: 0 },
      2_799,
    ],
    [
      'a margin on costs',
      list('c', { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 0, feeSchedule: 'market' }),
      row(1, 1_000, 0, 1_200),
      { minor: 1_539, micros: 0 },
      null,
    ],
    [
      'a margin with an ending',
      list('c', { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 0, feeSchedule: 'market' }, UP_99),
      row(1, 1_000),
      { minor: 1_599, micros: 0 },
      null,
    ],
  ])('works out from the list above: %s', (_, child, parents, expected, compareAtMinor) => {
    const price = priceOf(candidate([child, []], [list('parent'), [parents]]));
    expect(price).toEqual({ amount: expected, compareAtMinor, minQuantity: 1, heldAt: 1 });
  });

  test('adjusts list by list, the tier of where the price is held', () => {
    const chain = candidate(
      [list('c', percent(1_000), UP_99), []],
      [list('b', amount(-100)), []],
      [list('a'), [row(1, 2_000), row(20, 1_500)]],
    );
    // (20.00 − 1.00) × 1.1 = 20.90 → 20.99; (15.00 − 1.00) × 1.1 = 15.40 → 15.99
    expect(priceOf(chain, 19)).toEqual({
      amount: { minor: 2_099, micros: 0 },
      compareAtMinor: null,
      minQuantity: 1,
      heldAt: 2,
    });
    expect(priceOf(chain, 20)).toMatchObject({ amount: { minor: 1_599 }, minQuantity: 20 });
  });

  test('has no price where a list above is no draft any more but not in force, or its fees are not known', () => {
    const chain = (above: PriceList) => candidate([list('c', percent(0)), []], [above, [row(1, 100)]]);
    expect(priceOf(chain(list('p')))?.amount.minor).toBe(100);
    expect(priceOf(chain({ ...list('p'), activity: null }))).toBeNull();
    expect(priceOf(chain({ ...list('p'), activity: { from: null, until: NOW } }))).toBeNull();
    expect(
      priceOf(chain({ ...list('p'), validity: { from: new Date('2026-07-01T00:00:00Z'), until: null } })),
    ).toBeNull();
    const margin = { kind: 'MARGIN', basisPoints: 0, taxBasisPoints: 0, feeSchedule: 'another' } as const;
    expect(priceOf(candidate([list('c', margin), []], [list('p'), [row(1, 100)]]))).toBeNull();
  });

  test('has no price above what can be told exactly', () => {
    const chain = (minor: number) => candidate([list('c', percent(10_000)), []], [list('p'), [row(1, minor)]]);
    expect(priceOf(chain(50_000_000_000))?.amount.minor).toBe(100_000_000_000);
    expect(priceOf(chain(50_000_000_001))).toBeNull();
  });

  test('has no price where nobody in the chain holds one', () => {
    expect(priceOf(candidate([list('c', percent(0)), []], [list('p'), []]))).toBeNull();
  });
});
