import { cleanLine } from './text.ts';

/** How a channel's orders reach their buyers, and how long that takes. */
export interface ServiceLevel {
  /** Unique within the channel, such as `express`. */
  readonly code: string;
  readonly name: string;
  readonly kind: 'DELIVERY' | 'PICKUP';
  /** Hours from the order until it is there, at least and at most. */
  readonly minHours: number;
  readonly maxHours: number;
}

/** A rule that a list of service levels breaks. */
export interface BrokenServiceLevel {
  readonly code: string;
  readonly message: string;
}

const MAX_LEVELS = 20;
const MAX_NAME_LENGTH = 100;
/** A year. */
const MAX_HOURS = 8_760;

const isHours = (hours: number): boolean => Number.isInteger(hours) && hours >= 0 && hours <= MAX_HOURS;

/** Checks the service levels of a channel, of which the first is the default. @returns them as they are kept, or the first rule that is broken. */
export function acceptServiceLevels(
  levels: readonly ServiceLevel[],
): { readonly levels: ServiceLevel[] } | { readonly broken: BrokenServiceLevel } {
  const broken = (code: string, message: string) => ({ broken: { code, message } });
  if (levels.length > MAX_LEVELS)
    return broken('INVALID_COUNT', `A channel has at most ${MAX_LEVELS} service levels, not ${levels.length}.`);
  const accepted: ServiceLevel[] = [];
  for (const { code, name: given, kind, minHours, maxHours } of levels) {
    const name = cleanLine(given);
    if (!/^[a-z0-9-]{2,32}$/.test(code))
      return broken('INVALID_CODE', 'The code of a service level is 2 to 32 lower-case letters, digits and hyphens.');
    if (accepted.some((other) => other.code === code))
      return broken('INVALID_CODE', `The service level "${code}" occurs twice.`);
    if (name === '' || name.length > MAX_NAME_LENGTH)
      return broken('INVALID_NAME', `The name of the service level "${code}" has 1 to ${MAX_NAME_LENGTH} characters.`);
    if (!isHours(minHours) || !isHours(maxHours) || minHours > maxHours)
      return broken(
        'INVALID_HOURS',
        `The service level "${code}" takes from 0 to ${MAX_HOURS} hours, and maxHours is not less than minHours.`,
      );
    accepted.push({ code, name, kind, minHours, maxHours });
  }
  return { levels: accepted };
}
