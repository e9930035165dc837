import { money, type Money, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { lessPrecise, times } from './amounts/precise.ts';
import { formatPrecise } from './amounts/precise-text.ts';
import type { PriceList } from './lists/price-list.ts';
import { selectPrice } from './lists/select-price.ts';
import type { PreciseAmount } from './precise-amount.ts';
import type { PricesFound } from './prices-found.ts';
import type { PromotionLine } from './promotions/promotion-cart.ts';
import { unitPromotions } from './promotions/unit-promotions.ts';
import { STANDARD_CATEGORY } from './taxes/tax-rates.ts';
import { taxLine } from './taxes/tax-line.ts';
import type { TaxRates } from './taxes/tax-provider.ts';

/** What one unit of a variant costs whoever looks, after promotions that everybody gets without doing anything. */
export interface UnitPrice extends TaxedMoney {
  /** The same before promotions. */
  readonly listPrice: TaxedMoney;
  /** The former or recommended gross price, when higher. */
  readonly compareAt: Money | null;
  /** What was taken off, in the order in which it was; gross, and together the difference to the list's price. */
  readonly promotions: readonly PricePromotion[];
  /** The amount as it is multiplied, in the tax mode of the list: decimal text in major units, where it is finer than the minor unit. */
  readonly precise: string | null;
  readonly priceList: PriceList;
  /** The quantity from which the list gives this price. */
  readonly tierMinQuantity: number;
  /** The moment for which it was worked out. */
  readonly asOf: Date;
}

/** What a promotion takes off a unit. */
export interface PricePromotion {
  readonly name: string;
  readonly code: string;
  readonly amount: Money;
}

/**
 * What one unit of a variant costs when so many are bought; null when no list prices it. The one rule for pages, listings, ranges, search and feeds: a cart
 * with one line of as many costs as many times this, unless codes or promotions of the whole cart change it.
 * @param variantId in lower case
 */
export function unitPriceOf(
  found: PricesFound,
  variantId: string,
  quantity: number,
  taxes: TaxRates,
): UnitPrice | null {
  const { context, engine } = found;
  const candidates = found.byVariant.get(variantId);
  if (!candidates) return null;
  const facts = found.facts.get(variantId) ?? null;
  const taxBasisPoints = taxes.basisPointsOf(facts?.taxCategory ?? STANDARD_CATEGORY);
  const selected = selectPrice(candidates, { context, quantity, taxBasisPoints, feeSchedules: engine.feeSchedules });
  if (!selected) return null;

  const { list, amount, compareAtMinor } = selected;
  const { taxIncluded } = list;
  const line: PromotionLine = { variantId, quantity, unit: amount, taxIncluded, taxBasisPoints, facts };
  const taxed = (unit: PreciseAmount): TaxedMoney => {
    const whole = { amountMinor: times(unit, 1), unit, quantity: 1, isWhole: true };
    const tax = { taxIncluded, basisPoints: taxBasisPoints, rounding: taxes.rounding, isExempt: context.isExempt };
    return taxLine({ ...whole, ...tax }, context.currency);
  };
  const listPrice = taxed(amount);
  const promoted = engine.promotions.rules.length === 0 ? null : unitPromotions(engine.promotions, line, context);
  const isPromoted = promoted !== null && promoted.applied.length > 0;
  const unit = isPromoted ? promoted.unit : amount;
  const price = isPromoted ? taxed(unit) : listPrice;
  const former = compareAtMinor === null ? null : taxed({ minor: compareAtMinor, micros: 0 }).gross;
  return {
    ...price,
    listPrice,
    compareAt: former && former.minorUnits > price.gross.minorUnits ? former : null,
    promotions: isPromoted ? takenOff(amount, listPrice, promoted.applied, taxed) : NONE,
    precise: unit.micros === 0 ? null : formatPrecise(unit, context.currency),
    priceList: list,
    tierMinQuantity: selected.minQuantity,
    asOf: context.now,
  };
}

const NONE: readonly PricePromotion[] = [];

/** Each promotion as the difference that it makes to the gross price, so that all of them together are the whole difference. */
function takenOff(
  amount: PreciseAmount,
  listPrice: TaxedMoney,
  applied: ReturnType<typeof unitPromotions>['applied'],
  taxed: (unit: PreciseAmount) => TaxedMoney,
): PricePromotion[] {
  let unit = amount;
  let gross = listPrice.gross;
  return applied.map(({ promotion: { name, code }, amountPerUnit }) => {
    unit = lessPrecise(unit, amountPerUnit);
    const after = taxed(unit).gross;
    const off = gross.minorUnits - after.minorUnits;
    gross = after;
    return { name, code, amount: money(off, after.currency) };
  });
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
