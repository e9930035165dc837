import type { VariantFacts } from '../facts.ts';
import type { FeeSchedules } from '../lists/derive.ts';
import type { Candidate } from '../lists/price-list.ts';
import { selectPrice } from '../lists/select-price.ts';
import type { PricingContext } from '../pricing-context.ts';
import type { PromotionLine } from '../promotions/promotion-cart.ts';
import { STANDARD_CATEGORY } from '../taxes/tax-rates.ts';
import type { TaxRates } from '../taxes/tax-provider.ts';
import { cartQuantities } from './cart-quantities.ts';
import type { QuoteStep } from './quote-trace.ts';
import type { CartLine } from './quote.ts';

/** A variant of the cart with the list that won. */
export interface SelectedLine extends PromotionLine {
  readonly priceListCode: string;
  readonly tierMinQuantity: number;
}

export interface Selecting {
  readonly context: PricingContext;
  readonly lines: readonly CartLine[];
  /** What lists hold, by variant. */
  readonly byVariant: ReadonlyMap<string, readonly Candidate[]>;
  readonly facts: ReadonlyMap<string, VariantFacts>;
  readonly engine: { readonly feeSchedules: FeeSchedules };
  readonly taxes: TaxRates;
}

/** Merges the lines of each variant and selects a list for all its units, in the order of the variants' ids. */
export function selectLines(
  { context, lines, byVariant, facts, engine, taxes }: Selecting,
  trace?: QuoteStep[],
): { lines: SelectedLine[]; unpriced: string[] } {
  const selected: SelectedLine[] = [];
  const unpriced: string[] = [];
  for (const [variantId, quantity] of cartQuantities(lines)) {
    const about = facts.get(variantId) ?? null;
    const taxBasisPoints = taxes.basisPointsOf(about?.taxCategory ?? STANDARD_CATEGORY);
    const asked = { context, quantity, taxBasisPoints, feeSchedules: engine.feeSchedules };
    const winner = selectPrice(byVariant.get(variantId) ?? [], asked);
    if (!winner) {
      unpriced.push(variantId);
      trace?.push({ rule: 'UNPRICED', variantId, quantity });
      continue;
    }
    const { list, amount, minQuantity } = winner;
    const line = {
      variantId,
      quantity,
      unit: amount,
      taxIncluded: list.taxIncluded,
      taxBasisPoints,
      facts: about,
      priceListCode: list.code,
      tierMinQuantity: minQuantity,
    };
    selected.push(line);
    trace?.push({ rule: 'SELECTED', line });
  }
  return { lines: selected, unpriced };
}
