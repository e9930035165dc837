import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideSegments,
  isInSegment,
  nextChangeAt,
  type SegmentCondition,
  type SegmentFacts,
  type SegmentRule,
} from './segment.ts';

const DAY = 86_400_000;
const NOBODY: SegmentFacts = { statistics: [], groups: [], country: null, consents: [] };
const all = (...conditions: SegmentCondition[]): SegmentRule => ({ match: 'ALL', conditions });
const bought = (lastOrderAt: number | null): SegmentFacts => ({
  ...NOBODY,
  statistics: [{ channel: 'web', currency: 'EUR', orders: 1, spentMinor: 100, lastOrderAt }],
});

describe('isInSegment', () => {
  const facts: SegmentFacts = {
    statistics: [
      { channel: 'web', currency: 'EUR', orders: 2, spentMinor: 5_000, lastOrderAt: 10 * DAY },
      { channel: 'pos', currency: 'EUR', orders: 1, spentMinor: 2_500, lastOrderAt: 12 * DAY },
      { channel: 'pos', currency: 'USD', orders: 1, spentMinor: 9_000, lastOrderAt: 3 * DAY },
      { channel: 'b2b', currency: 'EUR', orders: 0, spentMinor: 0, lastOrderAt: null },
    ],
    groups: ['press'],
    country: 'DE',
    consents: [{ purpose: 'newsletter', channel: 'email' }],
  };
  const now = 20 * DAY;
  it.each<[boolean, SegmentCondition]>([
    [true, { kind: 'TOTAL_SPENT', currency: 'EUR', min: 7_500 }],
    [false, { kind: 'TOTAL_SPENT', currency: 'EUR', min: 7_501 }],
    [true, { kind: 'TOTAL_SPENT', currency: 'EUR', max: 7_500 }],
    [false, { kind: 'TOTAL_SPENT', currency: 'EUR', max: 7_499 }],
    [true, { kind: 'TOTAL_SPENT', currency: 'GBP', max: 0 }],
    [true, { kind: 'ORDER_COUNT', min: 4, max: 4 }],
    [false, { kind: 'ORDER_COUNT', min: 5 }],
    [true, { kind: 'ORDERED_WITHIN', days: 9 }],
    [false, { kind: 'ORDERED_WITHIN', days: 8 }],
    [true, { kind: 'NOT_ORDERED_FOR', days: 8 }],
    [false, { kind: 'NOT_ORDERED_FOR', days: 9 }],
    [true, { kind: 'BOUGHT_IN', channel: 'pos' }],
    [false, { kind: 'BOUGHT_IN', channel: 'b2b' }],
    [true, { kind: 'IN_GROUP', group: 'press' }],
    [false, { kind: 'IN_GROUP', group: 'staff' }],
    [true, { kind: 'COUNTRY', country: 'DE' }],
    [false, { kind: 'COUNTRY', country: 'AT' }],
    [true, { kind: 'CONSENTED', purpose: 'newsletter', channel: 'email' }],
    [false, { kind: 'CONSENTED', purpose: 'newsletter', channel: 'sms' }],
  ])('answers %s for %j', (expected, condition) => {
    expect(isInSegment(all(condition), facts, now)).toBe(expected);
    expect(isInSegment({ match: 'ANY', conditions: [condition] }, facts, now)).toBe(expected);
  });

  it('counts nobody who never ordered, neither within some days nor for some days', () => {
    expect(isInSegment(all({ kind: 'ORDERED_WITHIN', days: 9 }), NOBODY, now)).toBe(false);
    expect(isInSegment(all({ kind: 'NOT_ORDERED_FOR', days: 9 }), NOBODY, now)).toBe(false);
  });
});

describe('nextChangeAt', () => {
  it('is the instant itself, to the millisecond, and null once it has passed', () => {
    const rule = all({ kind: 'ORDERED_WITHIN', days: 3 });
    expect(nextChangeAt(rule, bought(5), 5)).toBe(5 + 3 * DAY);
    expect(nextChangeAt(rule, bought(5), 5 + 3 * DAY - 1)).toBe(5 + 3 * DAY);
    expect(nextChangeAt(rule, bought(5), 5 + 3 * DAY)).toBeNull();
  });

  it('passes by an instant at which a condition turns and the whole does not', () => {
    const rule = all({ kind: 'ORDERED_WITHIN', days: 3 }, { kind: 'NOT_ORDERED_FOR', days: 3 });
    expect(nextChangeAt(rule, bought(0), 0)).toBeNull();
  });

  const conditions = fc.oneof<fc.Arbitrary<SegmentCondition>[]>(
    fc.record({ kind: fc.constant('ORDERED_WITHIN' as const), days: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant('NOT_ORDERED_FOR' as const), days: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant('COUNTRY' as const), country: fc.constantFrom('DE', 'AT') }),
    fc.record({ kind: fc.constant('ORDER_COUNT' as const), min: fc.integer({ min: 0, max: 3 }) }),
  );
  const rules = fc.record({
    match: fc.constantFrom('ALL' as const, 'ANY' as const),
    conditions: fc.array(conditions, { minLength: 1, maxLength: 4 }),
  });
  // Instants in quarters of a day: a walk through all of them meets every turn.
  const STEP = DAY / 4;
  const factsOf = fc
    .record({
      lasts: fc.array(fc.option(fc.integer({ min: 0, max: 20 })), { maxLength: 3 }),
      country: fc.option(fc.constantFrom('DE', 'AT')),
    })
    .map(({ lasts, country }): SegmentFacts => ({
      ...NOBODY,
      country,
      statistics: lasts.map((last, index) => ({
        channel: `c${index}`,
        currency: 'EUR',
        orders: last === null ? 0 : 1,
        spentMinor: 0,
        lastOrderAt: last === null ? null : last * STEP,
      })),
    }));

  it('is the first instant at which a walk through time sees another answer', () => {
    fc.assert(
      fc.property(rules, factsOf, fc.integer({ min: 0, max: 60 }), (rule, facts, quarters) => {
        const now = quarters * STEP;
        const walked = Array.from({ length: 120 }, (_, index) => now + (index + 1) * STEP);
        const seen = walked.find((at) => isInSegment(rule, facts, at) !== isInSegment(rule, facts, now)) ?? null;
        expect(nextChangeAt(rule, facts, now)).toBe(seen);
      }),
      { seed: 20_260_101, numRuns: 2_000 },
    );
  });

  it('decides many segments as each alone, and looks again at the first turn of any', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ rule: rules, isActive: fc.boolean(), isMember: fc.boolean() }), { maxLength: 5 }),
        factsOf,
        fc.integer({ min: 0, max: 60 }),
        (entries, facts, quarters) => {
          const now = quarters * STEP;
          const segments = entries.map(({ rule, isActive }, index) => ({ code: `s${index}`, rule, isActive }));
          const current = segments.filter((_, index) => entries[index]!.isMember).map(({ code }) => code);
          const decision = decideSegments(segments, current, facts, now);
          const after = new Set([...current.filter((code) => !decision.left.includes(code)), ...decision.entered]);
          for (const { code, rule, isActive } of segments)
            expect(after.has(code)).toBe(isActive && isInSegment(rule, facts, now));
          const turns = segments.flatMap(({ rule, isActive }) =>
            isActive ? [nextChangeAt(rule, facts, now) ?? Infinity] : [],
          );
          expect(decision.dueAt ?? Infinity).toBe(Math.min(Infinity, ...turns));
        },
      ),
      { seed: 20_260_102, numRuns: 500 },
    );
  });
});
