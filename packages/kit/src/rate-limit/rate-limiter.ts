/** What is left of a caller's quota. */
export interface RateWindow {
  /** Points that may be spent in a window. */
  readonly quota: number;
  /** Points that may still be spent. */
  readonly remaining: number;
  /** When the window ends and all points may be spent again, in milliseconds from now. */
  readonly resetMs: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** After this request. What was refused has spent nothing. */
  readonly window: RateWindow;
}

/**
 * Counts what callers spend. Where it counts is the wiring's matter: in memory every process counts for itself, a shared store counts for
 * all of them. An implementation whose store cannot be reached decides by itself, it does not reject.
 */
export interface RateLimiter {
  readonly policy: RatePolicy;
  /**
   * Spends points. Whoever asks for more than a whole quota pays a whole quota, or nothing could ever allow it.
   * @param key whose quota it is: a subject and its channel, or the address of a guest.
   * @param points what the request costs; fractions are rounded up, and nothing costs less than 1.
   */
  spend(key: string, points: number): Promise<RateDecision>;
}

export interface RatePolicy {
  /** Points that a key may spend in a window. */
  readonly quota: number;
  /** A window begins with the first request of a key. */
  readonly windowSeconds: number;
}

/** What a request is charged: at least 1, at most a whole quota. A cost that is not a number is charged as the most. */
export const chargedPoints = (points: number, { quota }: RatePolicy): number =>
  points >= 1 ? Math.min(Math.ceil(points), quota) : Number.isNaN(points) ? quota : 1;
