import { localTime, type LocalTime, zoneOffsetMs } from './local-time.ts';
import type { PromotionConditions } from './promotion.ts';

type Hours = Pick<PromotionConditions, 'daysOfWeek' | 'fromMinute' | 'untilMinute' | 'timeZone'>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A weekly window comes again within eight days; one that a change of the clocks swallows, a week later. */
const DAYS_AHEAD = 16;

/** Whether a promotion has hours or days at all. */
export const hasHours = ({ daysOfWeek, fromMinute }: Hours): boolean => daysOfWeek.length > 0 || fromMinute !== null;

/**
 * Whether the clock on the wall is within the hours. What begins on one day and ends after midnight belongs to the day on which it began.
 * Hours that the clocks skip do not come; those that they repeat come twice.
 */
export function isWithinHours({ daysOfWeek, fromMinute, untilMinute }: Hours, { day, minute }: LocalTime): boolean {
  const isOn = (each: number) => daysOfWeek.length === 0 || daysOfWeek.includes(each);
  if (fromMinute === null || untilMinute === null) return isOn(day);
  if (fromMinute < untilMinute) return isOn(day) && minute >= fromMinute && minute < untilMinute;
  if (minute >= fromMinute) return isOn(day);
  return minute < untilMinute && isOn(day === 1 ? 7 : day - 1);
}

/** Whether the hours are open at a moment (milliseconds since the epoch). */
export const isOpenAt = (hours: Hours, instant: number): boolean =>
  !hasHours(hours) || isWithinHours(hours, localTime(instant, hours.timeZone));

/** The first moment after another at which the hours open or close, in milliseconds since the epoch; null when they never do within two weeks. */
export function nextFlip(hours: Hours, after: number): number | null {
  if (!hasHours(hours)) return null;
  for (const moment of moments(hours, after)) {
    if (isOpenAt(hours, moment) !== isOpenAt(hours, moment - 1)) return moment;
  }
  return null;
}

/** Every moment of the next days at which hours might open or close, ascending: their minutes, midnights, and when the clocks are changed. */
function moments({ fromMinute, untilMinute, timeZone }: Hours, after: number): number[] {
  const found = new Set<number>();
  const midnight = Math.floor((after + zoneOffsetMs(after, timeZone)) / DAY_MS) * DAY_MS;
  for (let day = -1; day <= DAYS_AHEAD; day += 1) {
    const wall = midnight + day * DAY_MS;
    const before = zoneOffsetMs(wall - DAY_MS, timeZone);
    const behind = zoneOffsetMs(wall + 2 * DAY_MS, timeZone);
    for (const minute of [0, fromMinute ?? 0, untilMinute ?? 0]) {
      // Where the clocks change, a time on the wall may be two moments, or none; both offsets are tried.
      for (const offset of [before, behind]) found.add(wall + minute * MINUTE_MS - offset);
    }
    if (before !== behind) found.add(clockChange(wall - DAY_MS, wall + 2 * DAY_MS, timeZone));
  }
  return [...found].filter((moment) => moment > after).sort((a, b) => a - b);
}

/** When a zone leaves the offset that it has at `from`; it has another one at `until`. */
function clockChange(from: number, until: number, timeZone: string): number {
  const offset = zoneOffsetMs(from, timeZone);
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(until / MINUTE_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(middle * MINUTE_MS, timeZone) === offset) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}
