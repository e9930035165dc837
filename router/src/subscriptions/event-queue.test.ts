import { describe, expect, it } from 'vitest';
import { collect } from '../fixture/collect.ts';
import { createEventQueue } from './event-queue.ts';

describe('a queue of events', () => {
  it('gives the events in order, whether they were there first or the reader', async () => {
    const queue = createEventQueue<number>(2);
    queue.push(1);
    const read = [queue.next(), queue.next(), queue.next()];
    queue.push(2);
    queue.push(3);
    expect(await Promise.all(read)).toEqual([1, 2, 3].map((value) => ({ done: false, value })));
  });

  it('refuses an event when as many wait as may', async () => {
    const queue = createEventQueue<number>(2);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
    queue.end();
    expect(await collect(queue)).toEqual([1, 2]);
  });

  it('has room for the last event even when it is full', async () => {
    const queue = createEventQueue<number>(1);
    queue.push(1);
    queue.end(2);
    queue.end(3);
    expect(queue.push(4)).toBe(true);
    expect(await collect(queue)).toEqual([1, 2]);
  });

  it('gives the last event to a reader that waits, and ends for the next', async () => {
    const queue = createEventQueue<number>(1);
    const read = [queue.next(), queue.next()];
    queue.end(1);
    expect(await Promise.all(read)).toEqual([
      { done: false, value: 1 },
      { done: true, value: undefined },
    ]);
  });

  it('gives a failure once, after the events that wait', async () => {
    const queue = createEventQueue<number>(1);
    queue.push(1);
    queue.fail(new Error('broken'));
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    await expect(queue.next()).rejects.toThrow('broken');
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  it('ends a read that is under way at once when its reader leaves, and drops what waits', async () => {
    const queue = createEventQueue<number>(1);
    const read = queue.next();
    await queue.return();
    expect(await read).toEqual({ done: true, value: undefined });
    expect(queue.push(1)).toBe(true);
    expect(await collect(queue)).toEqual([]);
  });
});
