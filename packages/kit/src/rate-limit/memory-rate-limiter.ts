import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { chargedPoints, type RateDecision, type RateLimiter, type RatePolicy } from './rate-limiter.ts';

const KEYS = 100_000;

export interface MemoryRateLimiterOptions extends RatePolicy {
  /**
   * Keys that are remembered, 100,000 when absent. Beyond that the key that has been silent for longest begins a new window: who can send
   * from as many addresses needs no window to begin anew.
   */
  readonly keys?: number;
}

/** Counts in this process: a restart begins anew. */
export function createMemoryRateLimiter({ quota, windowSeconds, keys = KEYS }: MemoryRateLimiterOptions): RateLimiter {
  const policy: RatePolicy = { quota, windowSeconds };
  const limiter = new RateLimiterMemory({ points: quota, duration: windowSeconds });
  // The limiter forgets a key when its window ends, and has no bound of its own until then.
  const known = new LRUCache<string, true>({ max: keys, dispose: (_, key) => void limiter.delete(key) });

  const decided = (allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): RateDecision => ({
    allowed,
    window: { quota, remaining: remainingPoints, resetMs: Math.max(0, msBeforeNext) },
  });

  return {
    policy,
    async spend(key, points) {
      const charged = chargedPoints(points, policy);
      if (known.get(key) === undefined) known.set(key, true);
      try {
        return decided(true, await limiter.consume(key, charged));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // It counts what it refuses, too: a caller whose large request was refused could not send a small one either.
        return decided(false, await limiter.reward(key, charged));
      }
    },
  };
}
