import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, BUDGET_PERIODS, daysBetween, localDate, periodStart } from './budget-period.ts';

it.each([
  ['2026-08-19', 'DAY', '2026-08-19'],
  ['2026-08-19', 'WEEK', '2026-08-17'],
  ['2026-08-17', 'WEEK', '2026-08-17'],
  ['2027-01-03', 'WEEK', '2026-12-28'],
  ['2026-08-19', 'MONTH', '2026-08-01'],
  ['2026-08-19', 'QUARTER', '2026-07-01'],
  ['2026-03-31', 'QUARTER', '2026-01-01'],
  ['2026-12-31', 'QUARTER', '2026-10-01'],
  ['2026-08-19', 'YEAR', '2026-01-01'],
] as const)('begins the period of %s by %s on %s', (day, period, start) => {
  expect(periodStart(day, period)).toBe(start);
});

it('tells the day that it is somewhere, also where it is another one', () => {
  const instant = new Date('2026-12-31T23:30:00Z');
  expect(localDate(instant, 'UTC')).toBe('2026-12-31');
  expect(localDate(instant, 'Europe/Berlin')).toBe('2027-01-01');
  expect(localDate(instant, 'America/Los_Angeles')).toBe('2026-12-31');
});

it('begins each period once, not behind the day, and alike for all days of it', () => {
  const days = fc.integer({ min: 0, max: 20_000 }).map((count) => addDays('2000-01-01', count));
  fc.assert(
    fc.property(days, fc.constantFrom(...BUDGET_PERIODS), (day, period) => {
      const start = periodStart(day, period);
      expect(daysBetween(start, day)).toBeGreaterThanOrEqual(0);
      expect(periodStart(start, period)).toBe(start);
      expect(daysBetween(start, day)).toBeLessThan(366);
      if (start !== day) expect(periodStart(addDays(day, -1), period)).toBe(start);
    }),
    { seed: 3 },
  );
});
