import { type Basket, type BasketLine, dueMinor, goodsMinor, worthOf } from './basket.ts';
import type { Rule } from './compile-promotions.ts';
import { amountIn } from './context-standing.ts';
import type { PromotionCart } from './promotion-cart.ts';
import type { Refusal } from './promotion.ts';

/** Why a customer, with these codes, may not have a promotion; null when they may. @param codes by promotion: the code for it. */
export function customerRefusal(
  { promotion }: Rule,
  { orderCount, usedUpByCustomer }: PromotionCart,
  codes: ReadonlyMap<string, string>,
): Refusal | null {
  if (promotion.needsCode && !codes.has(promotion.id)) return 'NO_CODE';
  if (usedUpByCustomer.has(promotion.id)) return 'CUSTOMER_LIMIT';
  if (!promotion.conditions.firstOrder) return null;
  if (orderCount === null) return 'SIGN_IN_NEEDED';
  return orderCount > 0 ? 'NOT_FIRST_ORDER' : null;
}

/**
 * Why a promotion does not apply to what is in the basket now; null when it does. Subtotals are what the counted lines cost after the
 * promotions that come before it: those of the class PRODUCT, and for the classes after it those of the class ORDER too. A gift does not help
 * to reach what it is given for: its free units are not counted.
 */
export function basketRefusal(rule: Rule, basket: Basket): Refusal | null {
  const { minQuantity, minSubtotal } = rule.promotion.conditions;
  if (minQuantity === null && minSubtotal === null) return null;
  const least = minSubtotal && amountIn(minSubtotal, basket.cart.context.currency);
  const { quantity, subtotal } = countLines(rule, basket);
  if (minQuantity !== null && quantity < minQuantity) return 'TOO_FEW';
  return least !== null && subtotal < least ? 'BELOW_SUBTOTAL' : null;
}

function countLines(rule: Rule, basket: Basket): { quantity: number; subtotal: number } {
  const amountOf = rule.class === 'PRODUCT' ? goodsMinor : dueMinor;
  const { effect } = rule.promotion;
  let quantity = 0;
  let subtotal = 0;
  const add = (line: BasketLine) => {
    const isGift = effect.kind === 'GIFT' && line.line.variantId === effect.variantId;
    const given = isGift ? Math.min(effect.quantity, line.line.quantity) : 0;
    quantity += line.line.quantity - given;
    subtotal += Math.max(0, amountOf(line) - (given === 0 ? 0 : worthOf(line, line.unit, given)));
  };
  if (rule.counting === null) basket.lines.forEach(add);
  else for (const position of basket.matches[rule.counting]!) add(basket.lines[position]!);
  return { quantity, subtotal };
}
