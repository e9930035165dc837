import { requestFault } from '@kontor/kit/src/errors.ts';
import type { RateWindow } from '@kontor/kit/src/rate-limit/rate-limiter.ts';

/** What one operation of a stranger may cost. Operations of our own services are part of the code and have no limit. */
export const PUBLIC_COST = 1_000;

/**
 * Refuses an operation that costs too much.
 * @param limit null for callers who have none.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX naming both numbers.
 */
export function checkCost(estimated: number, limit: number | null): void {
  if (limit === null || estimated <= limit) return;
  throw requestFault(
    'DOCUMENT_TOO_COMPLEX',
    `The operation is estimated to cost ${Math.ceil(estimated)}, and may cost ${limit} at most. Ask for shorter lists, or for less of each item.`,
  );
}

/** What an answer tells of its price, as the value of `extensions.cost`. */
export interface CostExtension {
  /** What the operation was estimated to cost before it was executed. */
  readonly estimated: number;
  /** What one operation may cost. */
  readonly limit: number;
  /** What the caller may still spend in the current window. */
  readonly remaining?: number;
  /** When the window ends and all may be spent again, in milliseconds from now. */
  readonly resetMs?: number;
}

/** The price of an operation for its answer; undefined for callers without a limit, whom it does not concern. */
export function costExtension(
  estimated: number,
  limit: number | null,
  window?: RateWindow | null,
): CostExtension | undefined {
  if (limit === null) return undefined;
  return { estimated, limit, ...(window ? { remaining: window.remaining, resetMs: window.resetMs } : {}) };
}
