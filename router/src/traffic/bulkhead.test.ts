import { expect, it } from 'vitest';
import { createBulkhead } from './bulkhead.ts';
import { settle } from './fixture/manual-timing.ts';

const never = () => new AbortController().signal;
const setUp = (maxConcurrent: number, maxQueue: number) =>
  createBulkhead('stock', { maxConcurrent, maxQueue }, () => 0.5);

it('gives places up to the bound, then in the order of asking', async () => {
  const bulkhead = setUp(2, 10);
  expect([bulkhead.tryEnter(), bulkhead.tryEnter(), bulkhead.tryEnter()]).toEqual([true, true, false]);
  const order: string[] = [];
  void bulkhead.wait(never()).then(() => order.push('first'));
  void bulkhead.wait(never()).then(() => order.push('second'));
  expect(bulkhead.queued).toBe(2);
  bulkhead.leave();
  // The place passed on: who comes now does not get it before those who wait.
  expect(bulkhead.tryEnter()).toBe(false);
  await settle();
  expect(order).toEqual(['first']);
  bulkhead.leave();
  await settle();
  expect(order).toEqual(['first', 'second']);
  bulkhead.leave();
  bulkhead.leave();
  expect([bulkhead.running, bulkhead.queued]).toEqual([0, 0]);
});

it('refuses, with a time to come again, when too many wait', async () => {
  const bulkhead = setUp(1, 1);
  bulkhead.tryEnter();
  void bulkhead.wait(never());
  await expect(bulkhead.wait(never())).rejects.toMatchObject({
    reason: 'refused',
    extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 750 },
  });
});

it('forgets who gives up waiting, and does not give the place to them', async () => {
  const bulkhead = setUp(1, 2);
  bulkhead.tryEnter();
  const controller = new AbortController();
  const waiting = bulkhead.wait(controller.signal);
  const next = bulkhead.wait(never());
  controller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(bulkhead.wait(controller.signal)).rejects.toThrow('gone');
  expect(bulkhead.queued).toBe(1);
  bulkhead.leave();
  await next;
  expect([bulkhead.running, bulkhead.queued]).toEqual([1, 0]);
});
