import { NoAnswerError } from '@kontor/kit/src/graph/no-answer.ts';
import { createErrorWindow } from './error-window.ts';

/** How soon to see that one is while a probe is under way. */
const PROBE_RETRY_MS = 250;

/** When an upstream counts as down. */
export interface BreakerPolicy {
  /** So many calls in a row that did not reach it. */
  readonly consecutiveFailures: number;
  /** The share of failures (unreachable, or no answer in time) within the window, from 0 to 1. */
  readonly errorRate: number;
  readonly windowMs: number;
  /** Below so many requests within the window the share says nothing. */
  readonly minimumRequests: number;
  /** How long it is left alone before one call probes it. */
  readonly openMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What a call says of an upstream: `slow` is no answer in time; `unknown` is a call that was given up by its caller. */
export type Verdict = 'alive' | 'unreachable' | 'slow' | 'unknown';

/** Decides whether an upstream is asked at all. */
export interface CircuitBreaker {
  state(): BreakerState;
  /** @throws NoAnswerError (refused) with `retryAfterMs`, while no call may pass. */
  check(): void;
  /**
   * Lets one call pass. @returns whether it is the probe of an upstream that was down; give it to `settle`.
   * @throws NoAnswerError (refused) with `retryAfterMs`
   */
  admit(): boolean;
  /** To be called once for each call that passed. */
  settle(probe: boolean, verdict: Verdict): void;
}

/**
 * A breaker that opens after failures in a row or by their share, then lets one call at a time probe.
 * Unreachable in a row is proof; slow calls count in the share only, as a few heavy queries of one client say little of the service.
 * Written here and not taken from a library: a probe that its caller gave up must prove nothing, calls must not queue behind the probe,
 * and time must be given.
 */
export function createCircuitBreaker(name: string, policy: BreakerPolicy, now: () => number): CircuitBreaker {
  const window = createErrorWindow(policy.windowMs, now);
  let inARow = 0;
  let openUntil: number | null = null;
  let probing = false;

  const open = () => {
    openUntil = now() + policy.openMs;
    inARow = 0;
    window.clear();
  };
  const close = () => {
    openUntil = null;
  };
  const check = () => {
    if (openUntil === null) return;
    const waitMs = probing ? PROBE_RETRY_MS : openUntil - now();
    if (waitMs <= 0) return;
    throw new NoAnswerError('refused', `${name} does not answer now.`, Math.ceil(waitMs));
  };
  const tooMany = () => {
    if (inARow >= policy.consecutiveFailures) return true;
    const { requests, failures } = window.counts();
    return requests >= policy.minimumRequests && failures >= requests * policy.errorRate;
  };

  return {
    state() {
      if (openUntil === null) return 'closed';
      return probing || openUntil <= now() ? 'half-open' : 'open';
    },
    check,
    admit() {
      if (openUntil === null) return false;
      check();
      probing = true;
      return true;
    },
    settle(probe, verdict) {
      if (probe) {
        probing = false;
        if (verdict === 'alive') close();
        else if (verdict !== 'unknown') open();
        return;
      }
      // Calls that began before it opened end late: the probe decides now.
      if (openUntil !== null || verdict === 'unknown') return;
      const failed = verdict !== 'alive';
      if (verdict === 'alive') inARow = 0;
      else if (verdict === 'unreachable') inARow += 1;
      window.add(failed);
      if (failed && tooMany()) open();
    },
  };
}
