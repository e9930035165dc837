import { expect, it } from 'vitest';
import { createBackoff, pause } from './backoff.ts';

it('doubles its pauses up to the bound, each a random part of the second half, and begins again after a success', () => {
  const least = createBackoff({ firstMs: 250, mostMs: 1_500, random: () => 0 });
  const most = createBackoff({ firstMs: 250, mostMs: 1_500, random: () => 1 });
  expect(Array.from({ length: 5 }, () => least.next())).toEqual([125, 250, 500, 750, 750]);
  expect(Array.from({ length: 5 }, () => most.next())).toEqual([250, 500, 1_000, 1_500, 1_500]);
  most.reset();
  expect(most.next()).toBe(250);
});

it('ends a pause when the signal is aborted, also when it was before', async () => {
  const controller = new AbortController();
  const waiting = pause(60_000, controller.signal);
  controller.abort();
  await waiting;
  await pause(60_000, controller.signal);
});
