import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GivenPromotion, percent, promotion } from '../../testing/given-promotions.ts';
import { isInForce, nextBoundary } from './next-boundary.ts';
import type { PromotionConditions } from './promotion.ts';

const BERLIN = 'Europe/Berlin';
const at = (time: string) => Date.parse(time);
const from = (time: string) => ({ from: new Date(time), until: null });
const span = (start: string, end: string) => ({ from: new Date(start), until: new Date(end) });
const given = (how: GivenPromotion) => promotion('HAPPY', percent(10), how);
const hours = (start: string, end: string, when: Partial<PromotionConditions> = {}) => {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return given({ when: { timeZone: BERLIN, fromMinute: minutes(start), untilMinute: minutes(end), ...when } });
};

/** All boundaries after a moment, until another. */
function boundaries(how: ReturnType<typeof given>, after: string, until: string): string[] {
  const found: string[] = [];
  for (
    let next = nextBoundary([how], new Date(after));
    next && next.getTime() < at(until);
    next = nextBoundary([how], next)
  ) {
    found.push(next.toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('hours', () => {
  test('are those of the zone, in summer and in winter', () => {
    const evening = hours('17:00', '19:00');
    expect(isInForce(evening, at('2026-01-15T16:00:00Z'))).toBe(true);
    expect(isInForce(evening, at('2026-01-15T15:59:59.999Z'))).toBe(false);
    expect(isInForce(evening, at('2026-07-15T15:00:00Z'))).toBe(true);
    expect(isInForce(evening, at('2026-07-15T17:00:00Z'))).toBe(false);
  });

  test('past midnight belong to the day on which they began', () => {
    const fridayNight = hours('22:00', '02:00', { daysOfWeek: [5] });
    // 6 March 2026 is a Friday.
    expect(isInForce(fridayNight, at('2026-03-06T22:30:00Z'))).toBe(true);
    expect(isInForce(fridayNight, at('2026-03-07T00:30:00Z'))).toBe(true);
    expect(isInForce(fridayNight, at('2026-03-07T01:00:00Z'))).toBe(false);
    expect(isInForce(fridayNight, at('2026-03-06T00:30:00Z'))).toBe(false);
    expect(isInForce(fridayNight, at('2026-03-07T22:30:00Z'))).toBe(false);
  });

  test('on Sunday night go on into Monday', () => {
    const sundayNight = hours('22:00', '02:00', { daysOfWeek: [7] });
    expect(isInForce(sundayNight, at('2026-03-09T00:30:00Z'))).toBe(true);
  });

  test('without minutes are whole days of the zone', () => {
    const monday = given({ when: { timeZone: 'Asia/Kathmandu', daysOfWeek: [1] } });
    expect(isInForce(monday, at('2026-03-01T18:14:59Z'))).toBe(false);
    expect(isInForce(monday, at('2026-03-01T18:15:00Z'))).toBe(true);
    expect(isInForce(monday, at('2026-03-02T18:15:00Z'))).toBe(false);
  });
});

describe('nextBoundary', () => {
  test('is the first beginning or end of activity and validity together', () => {
    const how = given({
      activity: from('2026-03-02T00:00:00Z'),
      validity: span('2026-03-01T00:00:00Z', '2026-03-05T00:00:00Z'),
    });
    expect(boundaries(how, '2026-02-01T00:00:00Z', '2026-12-01T00:00:00Z')).toEqual([
      '2026-03-02T00:00Z',
      '2026-03-05T00:00Z',
    ]);
  });

  test('is null for what never begins, never changes, or is a draft', () => {
    const after = new Date('2026-03-01T00:00:00Z');
    const apart = given({
      activity: from('2026-06-01T00:00:00Z'),
      validity: span('2026-03-02T00:00:00Z', '2026-05-01T00:00:00Z'),
    });
    const over = given({ activity: span('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z') });
    expect(
      nextBoundary([apart, over, given({}), given({ activity: null }), hours('08:00', '08:00')], after),
    ).toBeNull();
  });

  test('is null when it is more than a year ahead', () => {
    const later = given({ activity: from('2028-01-01T00:00:00Z') });
    expect(nextBoundary([later], new Date('2026-03-01T00:00:00Z'))).toBeNull();
    expect(nextBoundary([later], new Date('2027-03-01T00:00:00Z'))).toEqual(new Date('2028-01-01T00:00:00Z'));
  });

  test('is the next of all promotions', () => {
    const all = [given({ activity: from('2026-03-04T00:00:00Z') }), hours('08:00', '09:00'), given({ activity: from('2026-03-03T00:00:00Z') })]; // prettier-ignore
    expect(nextBoundary(all, new Date('2026-03-01T10:00:00Z'))).toEqual(new Date('2026-03-02T07:00:00Z'));
  });

  test('keeps to the hours of the zone when the clocks are put forward', () => {
    // 29 March 2026: 02:00 becomes 03:00 in Berlin.
    expect(boundaries(hours('08:00', '09:00'), '2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z')).toEqual([
      '2026-03-28T07:00Z',
      '2026-03-28T08:00Z',
      '2026-03-29T06:00Z',
      '2026-03-29T07:00Z',
      '2026-03-30T06:00Z',
      '2026-03-30T07:00Z',
    ]);
  });

  test('skips hours that the clocks skip, and begins in the middle of those that they cut', () => {
    expect(boundaries(hours('02:15', '02:45'), '2026-03-28T12:00:00Z', '2026-03-31T00:00:00Z')).toEqual([
      '2026-03-30T00:15Z',
      '2026-03-30T00:45Z',
    ]);
    expect(boundaries(hours('02:15', '05:00'), '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-29T03:00Z',
    ]);
  });

  test('waits another week for a weekly window that the clocks have swallowed', () => {
    const weekly = hours('02:15', '02:45', { daysOfWeek: [7] });
    expect(nextBoundary([weekly], new Date('2026-03-22T12:00:00Z'))).toEqual(new Date('2026-04-05T00:15:00Z'));
  });

  test('opens twice when the clocks repeat the hours', () => {
    // 25 October 2026: 03:00 becomes 02:00 in Berlin.
    expect(boundaries(hours('02:15', '02:45'), '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toEqual([
      '2026-10-25T00:15Z',
      '2026-10-25T00:45Z',
      '2026-10-25T01:15Z',
      '2026-10-25T01:45Z',
    ]);
    expect(boundaries(hours('01:00', '02:30'), '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toEqual([
      '2026-10-24T23:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
    ]);
  });

  test('gives hours their place within the dates', () => {
    const how = { ...hours('08:00', '18:00'), activity: span('2026-03-02T09:00:00Z', '2026-03-03T12:00:00Z') };
    expect(boundaries(how, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')).toEqual([
      '2026-03-02T09:00Z',
      '2026-03-02T17:00Z',
      '2026-03-03T07:00Z',
      '2026-03-03T12:00Z',
    ]);
    const nightly = { ...hours('22:00', '23:00'), activity: span('2026-03-02T09:00:00Z', '2026-03-02T12:00:00Z') };
    expect(boundaries(nightly, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')).toEqual([]);
  });

  test('is where force begins or ends, and there is no other moment before it', () => {
    const minute = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15);
    const how = fc.record({
      days: fc.subarray([1, 2, 3, 4, 5, 6, 7]),
      minutes: fc.option(fc.tuple(minute, minute)),
      zone: fc.constantFrom(
        BERLIN,
        'UTC',
        'America/New_York',
        'Australia/Lord_Howe',
        'Asia/Kathmandu',
        'America/Sao_Paulo',
      ),
      start: fc.option(fc.integer({ min: -40, max: 400 })),
      length: fc.option(fc.integer({ min: 1, max: 400 })),
    });
    // Around the days on which clocks are put forward or back, north and south.
    const day = fc.constantFrom('2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31');
    const QUARTER_MS = 900_000;
    fc.assert(
      fc.property(
        how,
        day,
        fc.integer({ min: 0, max: 95 }),
        ({ days, minutes, zone, start, length }, date, quarter) => {
          const after = at(`${date}T00:00:00Z`) + quarter * QUARTER_MS;
          const begin = start === null ? null : after + start * QUARTER_MS;
          const activity = {
            from: begin === null ? null : new Date(begin),
            until: length === null ? null : new Date((begin ?? after) + length * QUARTER_MS),
          };
          const when = {
            daysOfWeek: days,
            timeZone: zone,
            fromMinute: minutes?.[0] ?? null,
            untilMinute: minutes?.[1] ?? null,
          };
          const each = given({ activity, when });
          let expected: number | null = null;
          for (let step = 1; step <= 16 * 96 && expected === null; step += 1) {
            const moment = after + step * QUARTER_MS;
            if (isInForce(each, moment) !== isInForce(each, moment - 1)) expected = moment;
          }
          const next = nextBoundary([each], new Date(after))?.getTime() ?? null;
          if (expected !== null || next === null) expect(next).toBe(expected);
          else expect(next).toBeGreaterThan(after + 16 * 96 * QUARTER_MS);
        },
      ),
      { seed: 29, numRuns: 400 },
    );
  });
});
