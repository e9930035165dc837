import { asCustomer, asGuest, asService } from '@kontor/testkit/src/callers.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseVersion, stickyKey } from './choose-version.ts';

const KEYS = Array.from({ length: 10_000 }, (_, index) => `stock\nweb\ncustomer-${index}`);
const choices = (weights: Readonly<Record<string, number>>) => {
  const versions = Object.entries(weights).map(([name, weight]) => ({ name, weight }));
  return KEYS.map((key) => chooseVersion(versions, key).name);
};
const shareOf = (name: string, all: readonly string[]) => all.filter((each) => each === name).length / all.length;

it('gives each version its share of the callers', () => {
  const all = choices({ stable: 90, next: 10 });
  expect(shareOf('next', all)).toBeCloseTo(0.1, 1);
  const three = choices({ a: 1, b: 2, c: 5 });
  expect(shareOf('a', three)).toBeCloseTo(0.125, 1);
  expect(shareOf('b', three)).toBeCloseTo(0.25, 1);
  expect(shareOf('c', three)).toBeCloseTo(0.625, 1);
});

it('moves callers only to the version whose weight rises, and as few as that needs', () => {
  const before = choices({ stable: 90, next: 10 });
  const after = choices({ stable: 80, next: 20 });
  const moved = before.flatMap((name, index) => (after[index] === name ? [] : [`${name} to ${after[index]!}`]));
  expect(new Set(moved)).toEqual(new Set(['stable to next']));
  expect(moved.length / KEYS.length).toBeCloseTo(shareOf('next', after) - shareOf('next', before), 10);
});

it('never moves a caller between versions whose weights stay, whatever happens to another', () => {
  const weight = fc.integer({ min: 1, max: 1_000 });
  fc.assert(
    fc.property(weight, weight, weight, weight, fc.string(), (a, b, c, changed, key) => {
      const pick = (weights: Record<string, number>) =>
        chooseVersion(
          Object.entries(weights).map(([name, each]) => ({ name, weight: each })),
          key,
        ).name;
      const before = pick({ a, b, c });
      const after = pick({ a, b, c: changed });
      expect(after === before || before === 'c' || after === 'c').toBe(true);
      const without = pick({ a, b });
      expect(before === 'c' || without === before).toBe(true);
    }),
    { seed: 7, numRuns: 500 },
  );
});

it('sticks to the caller within a channel, and to the request where callers have no name', () => {
  const later = { requestId: 'another-request' };
  expect(stickyKey('stock', asCustomer('c1'))).toBe(stickyKey('stock', { ...asCustomer('c1'), ...later }));
  expect(stickyKey('stock', asCustomer('c1'))).not.toBe(stickyKey('stock', asCustomer('c1', 'mobile')));
  expect(stickyKey('stock', asCustomer('c1'))).not.toBe(stickyKey('prices', asCustomer('c1')));
  for (const call of [asGuest(), asService()])
    expect(stickyKey('stock', call)).not.toBe(stickyKey('stock', { ...call, ...later }));
});
