import { lessMinor, lessPercent, MAX_PRICE_MINOR, wholeMinor } from '../amounts/precise.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import { isInForce } from './in-force.ts';
import { marginPrice } from './margin-price.ts';
import type { Adjustment, Candidate, FeeBracket, PriceList, PriceRounding } from './price-list.ts';
import { roundPrice } from './round-price.ts';
import { tierOf } from './tier.ts';

/** Brackets by the code of their schedule. */
export type FeeSchedules = ReadonlyMap<string, readonly FeeBracket[]>;

/** What a list gives for one unit of a variant at a quantity. */
export interface ListPrice {
  readonly amount: PreciseAmount;
  readonly compareAtMinor: number | null;
  /** The quantity from which it holds. */
  readonly minQuantity: number;
  /** Which list of the chain holds the row that it comes from: 0 is the list itself. */
  readonly heldAt: number;
}

/**
 * What a list gives for a quantity of a variant: its own price, or where it has none for the variant at all, that of what it derives from, adjusted
 * list by list. A list in the chain that is not in force gives nothing, nor does anything above it.
 * @returns null when there is none, or none that can be worked out.
 */
export function priceOfList(
  { chain, rowsOfChain }: Candidate,
  quantity: number,
  { now, feeSchedules }: { readonly now: Date; readonly feeSchedules: FeeSchedules },
): ListPrice | null {
  for (let place = 0; place < chain.length; place += 1) {
    const rows = rowsOfChain[place]!;
    if (place > 0 && !isInForce(chain[place]!, now)) return null;
    if (rows.length === 0) continue;
    const row = tierOf(rows, quantity);
    if (!row) return null;
    let price: ListPrice | null = { ...row, heldAt: place };
    for (let below = place - 1; below >= 0 && price; below -= 1)
      price = derivedPrice(price, chain[below]!, feeSchedules);
    return price;
  }
  return null;
}

/** The price of a list from that of the list that it derives from; null when it cannot be worked out. */
export function derivedPrice(
  of: ListPrice,
  { derivation, taxIncluded }: PriceList,
  fees: FeeSchedules,
): ListPrice | null {
  if (!derivation) return null;
  const { adjustment, rounding } = derivation;
  if (adjustment.kind === 'MARGIN') {
    const minor = marginPrice(of.amount, adjustment, fees.get(adjustment.feeSchedule) ?? [], taxIncluded, rounding);
    return minor === null ? null : bounded({ ...of, amount: wholeMinor(minor), compareAtMinor: null });
  }
  const compareAt =
    of.compareAtMinor === null ? null : rounded(adjusted(wholeMinor(of.compareAtMinor), adjustment), rounding);
  return bounded({
    ...of,
    amount: rounded(adjusted(of.amount, adjustment), rounding),
    compareAtMinor: compareAt && compareAt.minor,
  });
}

const adjusted = (amount: PreciseAmount, adjustment: Exclude<Adjustment, { kind: 'MARGIN' }>): PreciseAmount =>
  adjustment.kind === 'PERCENT' ? lessPercent(amount, -adjustment.basisPoints) : lessMinor(amount, -adjustment.minor);

const rounded = (amount: PreciseAmount, rounding: PriceRounding | null): PreciseAmount =>
  rounding ? wholeMinor(roundPrice(amount, rounding)) : amount;

const bounded = (price: ListPrice): ListPrice | null => (price.amount.minor > MAX_PRICE_MINOR ? null : price);
