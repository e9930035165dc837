/** At most so many retries are saved up, whatever traffic there was. */
const MOST = 100;

export interface RetryBudgetPolicy {
  /** Retries for each request, from 0 to 1. */
  readonly budgetRatio: number;
  /** Retries for each second, however few requests there are. */
  readonly budgetPerSecond: number;
}

/** Limits retries to a share of the traffic, so that they cannot bury a service that is in trouble. */
export interface RetryBudget {
  /** One request was made. */
  deposit(): void;
  /** Takes one retry. @returns whether there was one. */
  withdraw(): boolean;
}

/**
 * Makes a token bucket that fills with requests and with time, and starts with one second's worth.
 * The idea is Finagle's: https://finagle.github.io/blog/2016/02/08/retry-budgets/
 * @param now milliseconds of a clock that never goes back.
 */
export function createRetryBudget(policy: RetryBudgetPolicy, now: () => number): RetryBudget {
  const { budgetRatio, budgetPerSecond } = policy;
  let ofRequests = 0;
  let ofTime = budgetPerSecond;
  let filledAt = now();
  return {
    deposit() {
      ofRequests = Math.min(MOST, ofRequests + budgetRatio);
    },
    withdraw() {
      const at = now();
      ofTime = Math.min(Math.max(1, budgetPerSecond), ofTime + ((at - filledAt) / 1_000) * budgetPerSecond);
      filledAt = at;
      if (ofTime >= 1) ofTime -= 1;
      else if (ofRequests >= 1) ofRequests -= 1;
      else return false;
      return true;
    },
  };
}
