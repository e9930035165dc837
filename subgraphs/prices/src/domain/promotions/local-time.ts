/** The clock on the wall of a time zone. */
export interface LocalTime {
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly day: number;
  /** Minutes after midnight. */
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Zones change their offset at whole quarters of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;
const MOST_OFFSETS = 20_000;
const MOST_FORMATS = 1_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/**
 * How far a zone is ahead of UTC at a moment, in milliseconds. Remembered for each quarter of an hour, since asking Intl takes microseconds.
 * @param timeZone an IANA zone; throws a RangeError when there is none of that name.
 */
export function zoneOffsetMs(instant: number, timeZone: string): number {
  const quarter = Math.floor(instant / QUARTER_MS);
  const key = `${timeZone} ${quarter}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = askOffset(quarter * QUARTER_MS, timeZone);
    if (offsets.size >= MOST_OFFSETS) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

function askOffset(instant: number, timeZone: string): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) fields[type] = Number(value);
  const { year, month, day, hour, minute, second } = fields;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - instant;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formats.size >= MOST_FORMATS) formats.clear();
    formats.set(timeZone, format);
  }
  return format;
}

/** What the clock on the wall shows at a moment. */
export function localTime(instant: number, timeZone: string): LocalTime {
  const minutes = Math.floor((instant + zoneOffsetMs(instant, timeZone)) / MINUTE_MS);
  const days = Math.floor(minutes / DAY_MINUTES);
  // Day 0 of the epoch was a Thursday.
  return { day: ((((days + 3) % 7) + 7) % 7) + 1, minute: minutes - days * DAY_MINUTES };
}
