import { plusTax } from '../amounts/precise.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import { type BasketLine, worthOf } from './basket.ts';
import { unitAfter } from './effects/unit.ts';
import type { DiscountedLine, LineDiscount } from './promotion-cart.ts';
import type { Settlement } from './settle.ts';

/** What each line costs in the end, with a discount for each promotion that gave something: base = total + discounts, to the minor unit. */
export function discountedLines({ basket, applied }: Settlement): DiscountedLine[] {
  const others = basket.lines.map((): LineDiscount[] => []);
  for (const { rule, plan } of applied) {
    const { promotion } = rule;
    if (promotion.effect.kind === 'PERCENT' || promotion.effect.kind === 'AMOUNT') continue;
    for (const { position, offMinor } of plan.lines) {
      if (offMinor > 0) others[position]!.push({ promotionId: promotion.id, amountMinor: offMinor, class: rule.class });
    }
  }
  const { currency } = basket.cart.context;
  return basket.lines.map((line, position) => discountedLine(line, others[position]!, currency));
}

/** A line that counted gross stays net when unit promotions alone apply to it: nothing was spread over it. */
function discountedLine(counted: BasketLine, others: readonly LineDiscount[], currency: string): DiscountedLine {
  const { line, unit } = counted;
  const isTurned = counted.isTurned && others.length > 0;
  const worth = (each: PreciseAmount) => worthOf({ line, isTurned }, each, line.quantity);
  const baseMinor = worth(line.unit);
  const discounts: LineDiscount[] = [];
  let before = line.unit;
  let totalMinor = baseMinor;
  for (const rule of counted.units) {
    before = unitAfter(rule, before, currency);
    const left = worth(before);
    if (left < totalMinor) {
      discounts.push({ promotionId: rule.promotion.id, amountMinor: totalMinor - left, class: rule.class });
    }
    totalMinor = left;
  }
  for (const discount of others) {
    discounts.push(discount);
    totalMinor -= discount.amountMinor;
  }
  return {
    variantId: line.variantId,
    quantity: line.quantity,
    unit: isTurned ? plusTax(unit, line.taxBasisPoints) : unit,
    totalMinor,
    baseMinor,
    taxIncluded: isTurned || line.taxIncluded,
    discounts,
  };
}
