import { withTax, type Money, type TaxedMoney } from '@kontor/kit/src/money.ts';
import type { PriceList } from './price-list.ts';
import { selectPrice, type PriceCandidate, type PricingContext } from './select-price.ts';

/** What one unit of a variant costs. */
export interface UnitPrice extends TaxedMoney {
  /** The former or recommended gross price, when higher. */
  readonly compareAt: Money | null;
  readonly priceList: PriceList;
}

/** What one unit costs in a context, of the prices that lists hold for the variant; null when none applies. */
export function unitPrice(candidates: readonly PriceCandidate[], context: PricingContext): UnitPrice | null {
  const winner = selectPrice(candidates, context);
  if (!winner) return null;
  const { list, amountMinor, compareAtMinor } = winner;
  const taxed = (minor: number) => withTax(minor, list.currency, context.taxRateBasisPoints, list.taxIncluded);
  const price = taxed(amountMinor);
  const former = compareAtMinor !== null && compareAtMinor > amountMinor ? taxed(compareAtMinor).gross : null;
  return { ...price, compareAt: former, priceList: list };
}

/** The lowest and the highest of prices by what a consumer pays; null when there is none. */
export function priceRange(prices: readonly (UnitPrice | null)[]): { min: UnitPrice; max: UnitPrice } | null {
  let min: UnitPrice | null = null;
  let max: UnitPrice | null = null;
  for (const price of prices) {
    if (!price) continue;
    if (!min || price.gross.minorUnits < min.gross.minorUnits) min = price;
    if (!max || price.gross.minorUnits > max.gross.minorUnits) max = price;
  }
  return min && max && { min, max };
}
