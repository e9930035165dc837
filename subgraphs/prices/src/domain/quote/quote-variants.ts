import type { TaxedMoney } from '@kontor/kit/src/money.ts';
import { times } from '../amounts/precise.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { PricingContext } from '../pricing-context.ts';
import type { DiscountedLine } from '../promotions/promotion-cart.ts';
import { taxLine } from '../taxes/tax-line.ts';
import type { TaxRates } from '../taxes/tax-provider.ts';
import { discountShares } from './discount-shares.ts';
import type { QuoteStep } from './quote-trace.ts';
import type { QuotedVariant } from './quote.ts';
import type { SelectedLine } from './select-lines.ts';

/** What decides tax, besides the goods. */
export interface Taxing {
  readonly context: PricingContext;
  readonly taxes: TaxRates;
}

/**
 * What each variant costs after its discounts. Before and after discounts, tax is rounded in the same way, so that the discounts, gross, are
 * exactly what lies between.
 * @param discounted aligned with the lines.
 */
export function quoteVariants(
  taxing: Taxing,
  lines: readonly SelectedLine[],
  discounted: readonly DiscountedLine[],
  trace?: QuoteStep[],
): QuotedVariant[] {
  return lines.map((line, index) => quoteVariant(taxing, line, discounted[index]!, trace));
}

function quoteVariant(
  { context, taxes }: Taxing,
  line: SelectedLine,
  { unit, baseMinor, totalMinor, taxIncluded, discounts }: DiscountedLine,
  trace?: QuoteStep[],
): QuotedVariant {
  const { variantId, quantity, taxBasisPoints: basisPoints } = line;
  const { isExempt } = context;
  // Tax by the unit means something only while the line is so many units at one price.
  const isWhole = taxIncluded === line.taxIncluded && totalMinor === times(unit, quantity);
  const rule = { basisPoints, rounding: taxes.rounding, isExempt };
  const taxed = (amountMinor: number, one: PreciseAmount) =>
    taxLine({ ...rule, amountMinor, unit: one, quantity, isWhole, taxIncluded }, context.currency);

  const total = taxed(totalMinor, unit);
  const listUnit = unitWithTax(line.unit, line.taxIncluded, rule, context.currency);
  const listTotal = discounts.length === 0 && baseMinor === totalMinor ? total : taxed(baseMinor, line.unit);
  trace?.push({ rule: 'TAXED', variantId, ...rule, amountMinor: totalMinor, taxIncluded, isWhole, taxed: total });
  return {
    variantId,
    quantity,
    unit: unit === line.unit ? listUnit : unitWithTax(unit, taxIncluded, rule, context.currency),
    listUnit,
    listTotal,
    total,
    discounts: discountShares(discounts, listTotal.gross.minorUnits - total.gross.minorUnits),
    taxRateBasisPoints: isExempt ? 0 : basisPoints,
    priceListCode: line.priceListCode,
    tierMinQuantity: line.tierMinQuantity,
  };
}

/** One unit by itself, rounded to the minor unit for whoever reads it. */
function unitWithTax(
  unit: PreciseAmount,
  taxIncluded: boolean,
  rule: { basisPoints: number; rounding: TaxRates['rounding']; isExempt: boolean },
  currency: string,
): TaxedMoney {
  return taxLine({ ...rule, amountMinor: times(unit, 1), unit, quantity: 1, isWhole: true, taxIncluded }, currency);
}
