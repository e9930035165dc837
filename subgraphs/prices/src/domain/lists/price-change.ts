import { isId } from '@kontor/kit/src/ids.ts';
import { MAX_PRICE_MINOR } from '../amounts/precise.ts';

/** A price as it shall be in one list, from a quantity on. */
export interface PriceChange {
  readonly variantId: string;
  readonly minQuantity: number;
  /** Minor units of the list's currency for one unit; null removes the price of that quantity. */
  readonly amountMinor: number | null;
  /** Millionths of a minor unit besides, 0 to 999,999. */
  readonly amountMicros: number;
  /** The former or recommended amount. */
  readonly compareAtMinor: number | null;
}

export type PriceRowFault =
  'INVALID_VARIANT' | 'INVALID_QUANTITY' | 'INVALID_AMOUNT' | 'DUPLICATE_ROW' | 'TOO_MANY_TIERS';

/** Why a row is not kept. */
export interface RejectedRow {
  readonly index: number;
  readonly code: PriceRowFault;
  readonly message: string;
  /** The field at fault. */
  readonly field: string;
}

const MAX_QUANTITY = 10_000;
const MICROS = 1_000_000;

const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= MAX_PRICE_MINOR;

/** Tells rows that may be written from those that break a rule: variants come out in lower case, since a database knows one spelling of an id only. */
export function sortChanges(changes: readonly PriceChange[]): {
  readonly accepted: readonly (PriceChange & { readonly index: number })[];
  readonly rejected: readonly RejectedRow[];
} {
  const accepted: (PriceChange & { index: number })[] = [];
  const rejected: RejectedRow[] = [];
  const seen = new Set<string>();
  for (const [index, given] of changes.entries()) {
    const change = { ...given, variantId: given.variantId.toLowerCase(), index };
    const key = `${change.variantId} ${change.minQuantity}`;
    const fault = faultOf(change) ?? (seen.has(key) ? DUPLICATE : null);
    if (fault) {
      rejected.push({ index, ...fault });
      continue;
    }
    accepted.push(change);
    seen.add(key);
  }
  return { accepted, rejected };
}

/** Prices by quantity that a list holds of one variant at most: what answers and pages of a variant are bounded by. */
export const MAX_TIERS = 50;

/**
 * Tells rows that may be written from those that would give a variant more than 50 prices by quantity. Prices that the call removes make room,
 * wherever they stand in it.
 * @param held the quantities that the list holds prices for, by variant; variants that cannot have too many may be left out.
 */
export function sortByTiers<Change extends PriceChange & { readonly index: number }>(
  changes: readonly Change[],
  held: ReadonlyMap<string, readonly number[]>,
): { readonly accepted: readonly Change[]; readonly rejected: readonly RejectedRow[] } {
  const quantities = new Map([...held].map(([variantId, minimums]) => [variantId, new Set(minimums)]));
  for (const { variantId, minQuantity, amountMinor } of changes)
    if (amountMinor === null) quantities.get(variantId)?.delete(minQuantity);
  const accepted: Change[] = [];
  const rejected: RejectedRow[] = [];
  for (const change of changes) {
    const present = quantities.get(change.variantId);
    const isAdded = present !== undefined && change.amountMinor !== null && !present.has(change.minQuantity);
    if (isAdded && present.size >= MAX_TIERS) {
      rejected.push({ index: change.index, ...TOO_MANY });
      continue;
    }
    if (isAdded) present.add(change.minQuantity);
    accepted.push(change);
  }
  return { accepted, rejected };
}

type RowFault = Omit<RejectedRow, 'index'>;

const DUPLICATE: RowFault = {
  code: 'DUPLICATE_ROW',
  message: 'The variant stands twice with this quantity; the first row counts.',
  field: 'variantId',
};

const TOO_MANY: RowFault = {
  code: 'TOO_MANY_TIERS',
  message: `A variant has at most ${MAX_TIERS} prices by quantity in one list.`,
  field: 'minQuantity',
};

function faultOf({ variantId, minQuantity, amountMinor, amountMicros, compareAtMinor }: PriceChange): RowFault | null {
  if (!isId(variantId))
    return { code: 'INVALID_VARIANT', message: 'This is not the id of a variant.', field: 'variantId' };
  if (!Number.isInteger(minQuantity) || minQuantity < 1 || minQuantity > MAX_QUANTITY)
    return { code: 'INVALID_QUANTITY', message: `A quantity is from 1 to ${MAX_QUANTITY}.`, field: 'minQuantity' };
  if (amountMinor !== null && !isAmount(amountMinor)) return amountFault('amountMinor');
  if (!Number.isInteger(amountMicros) || amountMicros < 0 || amountMicros >= MICROS)
    return { code: 'INVALID_AMOUNT', message: 'Millionths are from 0 to 999999.', field: 'amountMicros' };
  if (compareAtMinor !== null && !isAmount(compareAtMinor)) return amountFault('compareAtMinor');
  if (amountMinor === null && (compareAtMinor !== null || amountMicros !== 0))
    return { code: 'INVALID_AMOUNT', message: 'A price that is removed has no amounts.', field: 'amountMinor' };
  return null;
}

const amountFault = (field: string): RowFault => ({
  code: 'INVALID_AMOUNT',
  message: `An amount is from 0 to ${MAX_PRICE_MINOR} minor units.`,
  field,
});
