import { describe, expect, it } from 'vitest';
import { type ConditionInput, isCode, readRule } from './segment-rule.ts';

const read = (...conditions: ConditionInput[]) => readRule({ match: 'ALL', conditions });

describe('readRule', () => {
  it('reads every kind of condition', () => {
    expect(
      read(
        { totalSpent: { currency: 'EUR', min: 10_000 } },
        { orderCount: { min: 1, max: 3 }, totalSpent: null },
        { orderedWithinDays: 30 },
        { notOrderedForDays: 90 },
        { boughtInChannel: 'pos' },
        { inGroup: 'press' },
        { country: 'DE' },
        { consent: { purpose: 'newsletter', channel: 'email' } },
      ),
    ).toEqual({
      rule: {
        match: 'ALL',
        conditions: [
          { kind: 'TOTAL_SPENT', currency: 'EUR', min: 10_000 },
          { kind: 'ORDER_COUNT', min: 1, max: 3 },
          { kind: 'ORDERED_WITHIN', days: 30 },
          { kind: 'NOT_ORDERED_FOR', days: 90 },
          { kind: 'BOUGHT_IN', channel: 'pos' },
          { kind: 'IN_GROUP', group: 'press' },
          { kind: 'COUNTRY', country: 'DE' },
          { kind: 'CONSENTED', purpose: 'newsletter', channel: 'email' },
        ],
      },
    });
  });

  it.each<[ConditionInput, string[]]>([
    [{}, []],
    [{ country: 'DE', inGroup: 'press' }, []],
    [{ totalSpent: { currency: 'EUR' } }, ['totalSpent', 'min']],
    [{ totalSpent: { currency: 'EUR', min: -1 } }, ['totalSpent', 'min']],
    [{ orderCount: { min: 3, max: 2 } }, ['orderCount', 'max']],
    [{ orderedWithinDays: 0 }, ['orderedWithinDays']],
    [{ notOrderedForDays: 3_651 }, ['notOrderedForDays']],
    [{ boughtInChannel: 'Web shop' }, ['boughtInChannel']],
    [{ inGroup: '__proto__' }, ['inGroup']],
    [{ consent: { purpose: '', channel: 'email' } }, ['consent', 'purpose']],
    [{ consent: { purpose: 'newsletter', channel: 'E' } }, ['consent', 'channel']],
  ])('refuses %j', (condition, path) => {
    expect(read({ country: 'AT' }, condition)).toMatchObject({ fault: { path: ['conditions', '1', ...path] } });
  });

  it('refuses no conditions and too many', () => {
    expect(read()).toMatchObject({ fault: { path: ['conditions'] } });
    expect(read(...Array.from({ length: 21 }, () => ({ country: 'DE' })))).toMatchObject({
      fault: { path: ['conditions'] },
    });
  });
});

it('takes codes in lower case alone', () => {
  expect(['vip', 'a-b_c', '2x'].every(isCode)).toBe(true);
  expect(['', 'VIP', 'constructor!', '-a', 'x'.repeat(41)].some(isCode)).toBe(false);
});
