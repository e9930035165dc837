import { expect, test } from 'vitest';
import { listStatus } from './list-status.ts';

const [before, now, after] = ['2030-01-01', '2030-01-02', '2030-01-03'].map((day) => new Date(`${day}T00:00:00Z`)) as [
  Date,
  Date,
  Date,
];

test.each([
  [null, 'DRAFT'],
  [{ from: null, until: null }, 'ACTIVE'],
  [{ from: now, until: null }, 'ACTIVE'],
  [{ from: before, until: after }, 'ACTIVE'],
  [{ from: after, until: null }, 'SCHEDULED'],
  [{ from: before, until: now }, 'ARCHIVED'],
  [{ from: null, until: before }, 'ARCHIVED'],
])('a list that is in force %j is %s', (activity, status) => {
  expect(listStatus({ activity }, now)).toBe(status);
});
