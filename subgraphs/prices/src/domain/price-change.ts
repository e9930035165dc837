import { isId } from '@kontor/kit/src/ids.ts';
import type { Fault } from './price-list.ts';

/** A price as it shall be in one list. */
export interface PriceChange {
  readonly variantId: string;
  /** Minor units of the list's currency for one unit; null removes the price. */
  readonly amountMinor: number | null;
  /** The former or recommended amount. */
  readonly compareAtMinor: number | null;
}

/** Amounts up to here, times the 10,000 units that a line may have, with tax, are exact in every client (2^53). */
export const MAX_AMOUNT_MINOR = 100_000_000_000;

const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= MAX_AMOUNT_MINOR;

/** The first rule that the changes of one call break; null when they may be written together. */
export function priceChangesFault(changes: readonly PriceChange[], maximum: number): Fault | null {
  if (changes.length > maximum)
    return {
      code: 'TOO_MANY_PRICES',
      message: `At most ${maximum} prices a call, not ${changes.length}.`,
      path: ['input', 'prices'],
    };
  const seen = new Set<string>();
  for (const [index, { variantId, amountMinor, compareAtMinor }] of changes.entries()) {
    const at = (field: string) => ['input', 'prices', String(index), field];
    if (!isId(variantId))
      return { code: 'INVALID_VARIANT', message: 'This is not the id of a variant.', path: at('variantId') };
    // The database knows one spelling of a UUID only.
    if (seen.has(variantId.toLowerCase()))
      return { code: 'DUPLICATE_VARIANT', message: 'The variant stands twice in this call.', path: at('variantId') };
    seen.add(variantId.toLowerCase());
    if (amountMinor !== null && !isAmount(amountMinor)) return amountFault(at('amountMinor'));
    if (compareAtMinor !== null && !isAmount(compareAtMinor)) return amountFault(at('compareAtMinor'));
    if (amountMinor === null && compareAtMinor !== null)
      return {
        code: 'INVALID_AMOUNT',
        message: 'A price that is removed has no former amount.',
        path: at('compareAtMinor'),
      };
  }
  return null;
}

const amountFault = (path: string[]): Fault => ({
  code: 'INVALID_AMOUNT',
  message: `An amount is from 0 to ${MAX_AMOUNT_MINOR} minor units.`,
  path,
});
