import { expect, it } from 'vitest';
import type { Timing } from '../timing.ts';
import { createDeadlines } from './deadlines.ts';

const manual = () => {
  let now = 0;
  let due: { at: number; run: () => void }[] = [];
  const timing: Timing = {
    now: () => now,
    after: (delayMs, run) => {
      const entry = { at: now + delayMs, run };
      due.push(entry);
      return () => (due = due.filter((each) => each !== entry));
    },
  };
  const advance = (byMs: number) => {
    now += byMs;
    const ready = due.filter((entry) => entry.at <= now);
    due = due.filter((entry) => entry.at > now);
    for (const { run } of ready) run();
  };
  return { timing, advance, timers: () => due.length };
};
const entry = (expiresAt: number, expired: number[]) => ({ expiresAt, expire: () => void expired.push(expiresAt) });

it('ends what is over its time, once, and leaves the rest', () => {
  const { timing, advance } = manual();
  const deadlines = createDeadlines(timing);
  const expired: number[] = [];
  for (const at of [250, 90, 1_000]) deadlines.watch(entry(at, expired));
  advance(100);
  expect(expired).toEqual([90]);
  advance(100);
  advance(100);
  advance(100);
  expect(expired).toEqual([90, 250]);
});

it('does not end what was forgotten before', () => {
  const { timing, advance } = manual();
  const deadlines = createDeadlines(timing);
  const expired: number[] = [];
  const done = entry(50, expired);
  deadlines.watch(done);
  deadlines.forget(done);
  advance(100);
  expect(expired).toEqual([]);
});

it('has one timer for all, and none when nothing is watched', () => {
  const { timing, advance, timers } = manual();
  const deadlines = createDeadlines(timing);
  expect(timers()).toBe(0);
  for (const at of [50, 60, 150]) deadlines.watch(entry(at, []));
  expect(timers()).toBe(1);
  advance(100);
  expect(timers()).toBe(1);
  advance(100);
  expect(timers()).toBe(0);
});
