import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from './logger.ts';
import { startRecurring } from './recurring.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('recurring work', () => {
  const start = (work: () => Promise<void>, atOnce = false) =>
    startRecurring({ work, everyMs: 1_000, atOnce, logger: silentLogger, onFailure: 'it waits' });

  it('begins after the first pause, or at once when told so', async () => {
    const [later, now] = [vi.fn(() => Promise.resolve()), vi.fn(() => Promise.resolve())];
    start(later);
    start(now, true);
    expect([later.mock.calls.length, now.mock.calls.length]).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([later.mock.calls.length, now.mock.calls.length]).toEqual([1, 2]);
  });

  it('comes again after a turn that failed', async () => {
    const work = vi.fn(() => Promise.reject(new Error('down')));
    start(work);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('never runs two turns at once, however long one takes', async () => {
    const turn = Promise.withResolvers<void>();
    const work = vi.fn(() => turn.promise);
    start(work, true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(1);
    turn.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('waits for the turn that runs when it is stopped, and begins no other', async () => {
    const turn = Promise.withResolvers<void>();
    const work = vi.fn(() => turn.promise);
    const stop = start(work, true);
    let stopped = false;
    const stopping = stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stopped).toBe(false);
    turn.resolve();
    await stopping;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
