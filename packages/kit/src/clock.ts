/** Where code reads the time. SQL reads it through `app_now()` instead. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };
