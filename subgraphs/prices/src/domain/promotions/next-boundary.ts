import type { Span } from '../lists/price-list.ts';
import { isOpenAt, nextFlip } from './hours.ts';
import type { Promotion } from './promotion.ts';

const YEAR_MS = 366 * 86_400_000;

const isIn = (span: Span, instant: number) =>
  (span.from === null || span.from.getTime() <= instant) && (span.until === null || instant < span.until.getTime());

const ALWAYS: Span = { from: null, until: null };

/** Whether a promotion's activity, dates, days and hours hold at a moment (milliseconds since the epoch). A draft never is in force. */
export const isInForce = ({ activity, validity, conditions }: Promotion, instant: number): boolean =>
  activity !== null && isIn(activity, instant) && isIn(validity ?? ALWAYS, instant) && isOpenAt(conditions, instant);

/**
 * The first moment after another at which one of the promotions comes into force or goes out of it: by its activity, its validity, or the days
 * and hours of its time zone, clocks being changed or not. Null when that is more than a year ahead.
 */
export function nextBoundary(promotions: readonly Promotion[], after: Date): Date | null {
  let next = after.getTime() + YEAR_MS + 1;
  for (const promotion of promotions) next = boundaryOf(promotion, after.getTime(), next) ?? next;
  return next > after.getTime() + YEAR_MS ? null : new Date(next);
}

/** The boundary of one promotion after a moment, if it lies before another. */
function boundaryOf(promotion: Promotion, after: number, before: number): number | null {
  const { activity, validity, conditions } = promotion;
  if (activity === null) return null;
  const from = Math.max(activity.from?.getTime() ?? -Infinity, validity?.from?.getTime() ?? -Infinity);
  const until = Math.min(activity.until?.getTime() ?? Infinity, validity?.until?.getTime() ?? Infinity);
  if (from >= until || until <= after || from >= before) return null;
  if (from > after && isOpenAt(conditions, from)) return from;
  const start = Math.max(from, after);
  const flip = nextFlip(conditions, start);
  if (flip !== null && flip < until) return flip < before ? flip : null;
  // Hours that never come within the dates have no boundaries at all; nor has an end while they are closed.
  return until < before && isOpenAt(conditions, until - 1) ? until : null;
}
