/** For whom a price list is meant. */
export type PriceListScope = 'BASE' | 'CHANNEL';

/** A set of prices in one currency for one scope. */
export interface PriceList {
  readonly id: string;
  readonly code: string;
  readonly scope: PriceListScope;
  /** The channel it is meant for; null for base lists. */
  readonly channel: string | null;
  readonly currency: string;
  /** Whether its amounts are gross. */
  readonly taxIncluded: boolean;
  readonly revision: number;
}

/** What identifies and shapes a list; id and revision are given by us. */
export type PriceListDraft = Omit<PriceList, 'id' | 'revision'>;

/** A rule that an input breaks, with the input field that is at fault, outermost first. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path: string[];
}

const CODE = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** The first rule that a list breaks; null when it may be saved. */
export function priceListFault({ code, scope, channel }: PriceListDraft): Fault | null {
  if (!CODE.test(code))
    return {
      code: 'INVALID_CODE',
      message: 'A price list code is 1 to 64 lower-case letters, digits and hyphens, such as "base-eur".',
      path: ['input', 'code'],
    };
  if (scope === 'CHANNEL' && !channel)
    return {
      code: 'INVALID_CHANNEL',
      message: 'A list of scope CHANNEL names its channel.',
      path: ['input', 'channel'],
    };
  if (scope === 'BASE' && channel !== null)
    return {
      code: 'INVALID_CHANNEL',
      message: 'A list of scope BASE is for all channels.',
      path: ['input', 'channel'],
    };
  return null;
}
