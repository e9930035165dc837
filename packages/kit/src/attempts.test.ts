import { expect, it } from 'vitest';
import { createAttempts } from './attempts.ts';

function counted(keys = 100) {
  const time = { ms: 1_000_000 };
  const clock = { now: () => new Date(time.ms) };
  return { time, attempts: createAttempts({ most: 3, windowMs: 60_000, keys, clock }) };
}

it('lets so many attempts pass in a window and then tells how long to wait, each key for itself', () => {
  const { time, attempts } = counted();
  expect([attempts.take('a'), attempts.take('a'), attempts.take('a')]).toEqual([null, null, null]);
  time.ms += 20_000;
  expect(attempts.take('a')).toBe(40_000);
  expect(attempts.take('b')).toBeNull();
  time.ms += 39_999;
  expect(attempts.take('a')).toBe(1);
  time.ms += 1;
  expect(attempts.take('a')).toBeNull();
});

it('does not count what was given back, and forgets what came before a success', () => {
  const { attempts } = counted();
  for (let round = 0; round < 5; round += 1) {
    expect(attempts.take('a')).toBeNull();
    attempts.giveBack('a');
  }
  for (let round = 0; round < 3; round += 1) attempts.take('a');
  expect(attempts.take('a')).toBe(60_000);
  attempts.clear('a');
  expect(attempts.take('a')).toBeNull();
  attempts.giveBack('never taken');
});

it('keeps nothing of attempts that were given back', () => {
  const { attempts } = counted(2);
  for (let round = 0; round < 3; round += 1) attempts.take('a');
  for (const key of ['b', 'c', 'd']) {
    attempts.take(key);
    attempts.giveBack(key);
  }
  expect(attempts.take('a')).toBe(60_000);
});

it('remembers a bounded number of keys', () => {
  const { attempts } = counted(2);
  for (let round = 0; round < 3; round += 1) attempts.take('a');
  for (const key of ['b', 'c']) attempts.take(key);
  expect(attempts.take('a')).toBeNull();
});
