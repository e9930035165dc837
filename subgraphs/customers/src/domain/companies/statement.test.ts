import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agingOf, dueDay, openCharges, type Charge } from './statement.ts';

const charges = fc.array(fc.record({ netMinor: fc.nat(1_000), late: fc.integer({ min: -60, max: 200 }) }), {
  maxLength: 30,
});
const toCharge = ({ netMinor, late }: { netMinor: number; late: number }, index: number): Charge => ({
  reference: String(index),
  netMinor,
  dueOn: dueDay(new Date(Date.UTC(2026, 5, 15) - late * 86_400_000), 'UTC', 0),
});

/** What stays open when payments settle the oldest first, said the long way. */
function settleOldestFirst(oldestFirst: readonly Charge[], paidMinor: number): Map<string, number> {
  const open = new Map<string, number>();
  let left = paidMinor;
  for (const { reference, netMinor } of oldestFirst) {
    const settled = Math.min(left, netMinor);
    left -= settled;
    if (netMinor > settled) open.set(reference, netMinor - settled);
  }
  return open;
}

it('leaves open what payments that settle the oldest first leave open', () => {
  fc.assert(
    fc.property(charges, fc.nat(40_000), (rows, paidMinor) => {
      const oldestFirst = rows.map(toCharge);
      const owedMinor = oldestFirst.reduce((sum, { netMinor }) => sum + netMinor, 0) - paidMinor;
      const open = openCharges(oldestFirst.toReversed(), owedMinor);
      expect(
        new Map(open.map(({ reference, openMinor }) => [reference, openMinor]).toReversed() as [string, number][]),
      ).toEqual(settleOldestFirst(oldestFirst, paidMinor));
    }),
    { seed: 1 },
  );
});

it('reads no more charges than make up what is owed', () => {
  let read = 0;
  function* newestFirst() {
    for (;;) {
      read += 1;
      yield { reference: String(read), netMinor: 100, dueOn: '2026-01-01' };
    }
  }
  expect(openCharges(newestFirst(), 250).map(({ openMinor }) => openMinor)).toEqual([100, 100, 50]);
  expect(read).toBe(4);
});

it('sorts everything that is open into one bucket each', () => {
  fc.assert(
    fc.property(charges, (rows) => {
      const newestFirst = rows.map(toCharge);
      const owedMinor = newestFirst.reduce((sum, { netMinor }) => sum + netMinor, 0);
      const aging = agingOf(openCharges(newestFirst, owedMinor), '2026-06-15');
      expect(Object.values(aging).reduce((sum, bucket) => sum + bucket, 0)).toBe(owedMinor);
    }),
    { seed: 2 },
  );
});

it.each([
  ['2026-06-15', 'current'],
  ['2026-06-14', 'days1To30'],
  ['2026-05-16', 'days1To30'],
  ['2026-05-15', 'days31To60'],
  ['2026-04-16', 'days31To60'],
  ['2026-04-15', 'days61To90'],
  ['2026-03-17', 'days61To90'],
  ['2026-03-16', 'daysOver90'],
])('puts what was due on %s into %s', (dueOn, bucket) => {
  const aging = agingOf([{ reference: 'r', netMinor: 7, openMinor: 7, dueOn }], '2026-06-15');
  expect(Object.entries(aging).filter(([, minor]) => minor > 0)).toEqual([[bucket, 7]]);
});

it('counts the days of terms on the calendar of the company, over the end of summer time', () => {
  expect(dueDay(new Date('2026-10-24T22:30:00Z'), 'Europe/Berlin', 1)).toBe('2026-10-26');
  expect(dueDay(new Date('2026-10-24T22:30:00Z'), 'America/New_York', 0)).toBe('2026-10-24');
});
