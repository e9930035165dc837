import { expect, it } from 'vitest';
import { createCircuitBreaker, type BreakerPolicy, type Verdict } from './circuit-breaker.ts';

const POLICY: BreakerPolicy = {
  consecutiveFailures: 3,
  errorRate: 0.5,
  windowMs: 10_000,
  minimumRequests: 10,
  openMs: 5_000,
};
const setUp = () => {
  let now = 0;
  const breaker = createCircuitBreaker('stock', POLICY, () => now);
  const run = (...verdicts: Verdict[]) => {
    for (const verdict of verdicts) breaker.settle(breaker.admit(), verdict);
  };
  return { breaker, run, pass: (ms: number) => (now += ms) };
};
const refusal = (retryAfterMs: number) =>
  expect.objectContaining({
    reason: 'refused',
    message: 'stock does not answer now.',
    extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs, http: { status: 503 } },
  });

it('opens after unreachable calls in a row, and not when an answer came in between', () => {
  const { breaker, run } = setUp();
  run('unreachable', 'unreachable', 'alive', 'unreachable', 'unreachable');
  expect(breaker.state()).toBe('closed');
  run('unreachable');
  expect(breaker.state()).toBe('open');
  expect(() => breaker.admit()).toThrow(refusal(5_000));
});

it('opens by the share of failures once there were enough calls, slow ones included', () => {
  const { breaker, run } = setUp();
  run('slow', 'slow', 'slow', 'slow', 'slow', 'alive', 'alive', 'alive', 'alive');
  expect(breaker.state()).toBe('closed');
  run('slow');
  expect(breaker.state()).toBe('open');
});

it('forgets failures that are older than the window', () => {
  const { breaker, run, pass } = setUp();
  run('slow', 'slow', 'slow', 'slow', 'slow', 'slow', 'slow', 'slow', 'slow');
  pass(11_000);
  run('slow');
  expect(breaker.state()).toBe('closed');
});

it('does not count calls that their callers gave up', () => {
  const { breaker, run } = setUp();
  run('unreachable', 'unreachable', 'unknown', 'unknown');
  expect(breaker.state()).toBe('closed');
  run('unreachable');
  expect(breaker.state()).toBe('open');
});

it('lets one call probe after its time and refuses others meanwhile, then closes when that was answered', () => {
  const { breaker, run, pass } = setUp();
  run('unreachable', 'unreachable', 'unreachable');
  pass(4_999);
  expect(() => breaker.check()).toThrow(refusal(1));
  pass(1);
  expect(breaker.state()).toBe('half-open');
  const probe = breaker.admit();
  expect(probe).toBe(true);
  expect(() => breaker.admit()).toThrow(refusal(250));
  breaker.settle(probe, 'alive');
  expect(breaker.state()).toBe('closed');
  run('unreachable', 'unreachable');
  expect(breaker.state()).toBe('closed');
});

it.each<Verdict>(['unreachable', 'slow'])('opens again when the probe was %s', (verdict) => {
  const { breaker, run, pass } = setUp();
  run('unreachable', 'unreachable', 'unreachable');
  pass(5_000);
  run(verdict);
  expect(() => breaker.check()).toThrow(refusal(5_000));
});

it('lets the next call probe when the probe was given up', () => {
  const { breaker, run, pass } = setUp();
  run('unreachable', 'unreachable', 'unreachable');
  pass(5_000);
  run('unknown');
  expect(breaker.state()).toBe('half-open');
  expect(breaker.admit()).toBe(true);
});

it('minds no call that began before it opened', () => {
  const { breaker, run } = setUp();
  const early = [breaker.admit(), breaker.admit()];
  run('unreachable', 'unreachable', 'unreachable');
  for (const probe of early) breaker.settle(probe, 'alive');
  expect(breaker.state()).toBe('open');
});
