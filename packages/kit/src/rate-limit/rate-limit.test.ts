import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';
import { rateLimitFault, rateLimitHeaders } from './rate-limit-answer.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('a rate limiter in memory', () => {
  it('lets a key spend its quota in a window and gives all of it back when the window ends', async () => {
    const limiter = createMemoryRateLimiter({ quota: 100, windowSeconds: 60 });
    expect(await limiter.spend('a', 70)).toEqual({
      allowed: true,
      window: { quota: 100, remaining: 30, resetMs: 60_000 },
    });
    vi.advanceTimersByTime(20_000);
    expect(await limiter.spend('a', 30)).toEqual({
      allowed: true,
      window: { quota: 100, remaining: 0, resetMs: 40_000 },
    });
    expect(await limiter.spend('a', 1)).toEqual({
      allowed: false,
      window: { quota: 100, remaining: 0, resetMs: 40_000 },
    });
    expect((await limiter.spend('b', 1)).allowed).toBe(true);
    vi.advanceTimersByTime(40_000);
    expect(await limiter.spend('a', 1)).toEqual({
      allowed: true,
      window: { quota: 100, remaining: 99, resetMs: 60_000 },
    });
  });

  it('takes nothing for what it refuses, so that smaller requests still pass', async () => {
    const limiter = createMemoryRateLimiter({ quota: 100, windowSeconds: 60 });
    await limiter.spend('a', 70);
    const refused = { allowed: false, window: { quota: 100, remaining: 30, resetMs: 60_000 } };
    expect(await limiter.spend('a', 31)).toEqual(refused);
    expect(await limiter.spend('a', 31)).toEqual(refused);
    expect((await limiter.spend('a', 30)).allowed).toBe(true);
  });

  it('counts requests at once one after the other', async () => {
    const limiter = createMemoryRateLimiter({ quota: 10, windowSeconds: 60 });
    const decisions = await Promise.all(Array.from({ length: 25 }, () => limiter.spend('a', 1)));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  it.each([
    [0, 99],
    [-5, 99],
    [0.2, 99],
    [1.5, 98],
    [1e300, 0],
    [Infinity, 0],
    [NaN, 0],
  ])('charges at least 1 and at most a quota for %s points', async (points, remaining) => {
    const limiter = createMemoryRateLimiter({ quota: 100, windowSeconds: 60 });
    expect(await limiter.spend('a', points)).toEqual({
      allowed: true,
      window: { quota: 100, remaining, resetMs: 60_000 },
    });
  });

  it('remembers a bounded number of keys, and forgets the one that was silent for longest', async () => {
    const limiter = createMemoryRateLimiter({ quota: 1, windowSeconds: 60, keys: 2 });
    for (const key of ['a', 'b', 'a', 'c']) await limiter.spend(key, 1);
    expect((await limiter.spend('a', 1)).allowed).toBe(false);
    expect((await limiter.spend('c', 1)).allowed).toBe(false);
    expect((await limiter.spend('b', 1)).allowed).toBe(true);
  });

  it('holds no more timers than keys', async () => {
    const limiter = createMemoryRateLimiter({ quota: 1, windowSeconds: 60, keys: 50 });
    for (let key = 0; key < 500; key += 1) await limiter.spend(`address ${key}`, 1);
    expect(vi.getTimerCount()).toBe(50);
    vi.advanceTimersByTime(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['__proto__', 'constructor', ''])('counts for the key %j as for any other', async (key) => {
    const limiter = createMemoryRateLimiter({ quota: 1, windowSeconds: 60 });
    expect((await limiter.spend(key, 1)).allowed).toBe(true);
    expect((await limiter.spend(key, 1)).allowed).toBe(false);
    expect((await limiter.spend('other', 1)).allowed).toBe(true);
  });

  it('never lets a key spend more than its quota in a window', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), async (requests) => {
        const limiter = createMemoryRateLimiter({ quota: 100, windowSeconds: 60 });
        let spent = 0;
        for (const points of requests) {
          const { allowed, window } = await limiter.spend('a', points);
          expect(allowed).toBe(spent + points <= 100);
          if (allowed) spent += points;
          expect(window.remaining).toBe(100 - spent);
        }
      }),
      { seed: 7, numRuns: 50 },
    );
  });
});

describe('the answer of a rate limit', () => {
  const policy = { quota: 10_000, windowSeconds: 60 };

  it('tells policy and rest as structured fields, seconds rounded up', () => {
    expect(rateLimitHeaders(policy, { quota: 10_000, remaining: 8_750, resetMs: 29_001 })).toEqual({
      'ratelimit-policy': '"cost";q=10000;w=60;kontor-unit="cost"',
      ratelimit: '"cost";r=8750;t=30',
    });
  });

  it('refuses with the code, the pause in the error, and the headers for HTTP', () => {
    const { message, extensions } = rateLimitFault(policy, { quota: 10_000, remaining: 12, resetMs: 29_001 });
    expect(message).toBe(
      'You may spend 10000 points in 60 s, and 12 of them are left. Repeat the request in 29001 ms.',
    );
    expect(extensions['code']).toBe('RATE_LIMITED');
    expect(extensions['retryAfterMs']).toBe(29_001);
    const { status, headers } = extensions['http'] as { status: number; headers: Map<string, string> };
    expect(status).toBe(429);
    expect(Object.fromEntries(headers)).toEqual({
      'ratelimit-policy': '"cost";q=10000;w=60;kontor-unit="cost"',
      ratelimit: '"cost";r=12;t=30',
      'retry-after': '30',
    });
  });

  it('never asks to repeat at once', () => {
    const { extensions } = rateLimitFault(policy, { quota: 10_000, remaining: 0, resetMs: 0 });
    expect(extensions['retryAfterMs']).toBe(1);
    expect((extensions['http'] as { headers: Map<string, string> }).headers.get('retry-after')).toBe('1');
  });
});
