/** From when until when something is wanted to be published. */
export interface WantedDates {
  /** ISO 8601; null for at once. */
  readonly startsAt?: string | null | undefined;
  /** ISO 8601; null for good. */
  readonly endsAt?: string | null | undefined;
}

/** Dates that are kept: ISO 8601 in UTC, or none. */
export interface AcceptedDates {
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** A date that cannot be; `field` names it. */
export interface BrokenDate {
  readonly field: string;
  readonly message: string;
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9999, 0, 1);

/** An instant as PostgreSQL takes it, of the years 1970 to 9998; null for any other text. */
export function acceptInstant(text: string): string | null {
  const time = Date.parse(text);
  return time >= EARLIEST && time < LATEST ? new Date(time).toISOString() : null;
}

/** Checks the dates of a publication. @returns them in UTC, or what is wrong with them. */
export function acceptDates({
  startsAt = null,
  endsAt = null,
}: WantedDates): { readonly dates: AcceptedDates } | { readonly broken: BrokenDate } {
  const dates = {
    startsAt: startsAt === null ? null : acceptInstant(startsAt),
    endsAt: endsAt === null ? null : acceptInstant(endsAt),
  };
  const unread = (field: string) => ({ broken: { field, message: `${field} is not in the years 1970 to 9998.` } });
  if (startsAt !== null && dates.startsAt === null) return unread('startsAt');
  if (endsAt !== null && dates.endsAt === null) return unread('endsAt');
  // Both are written alike, so that they sort as they follow each other.
  if (dates.startsAt !== null && dates.endsAt !== null && dates.startsAt >= dates.endsAt)
    return {
      broken: { field: 'endsAt', message: 'A publication ends after it has begun: endsAt is not after startsAt.' },
    };
  return { dates };
}
