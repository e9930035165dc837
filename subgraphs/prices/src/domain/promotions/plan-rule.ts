import type { Basket } from './basket.ts';
import type { Rule } from './compile-promotions.ts';
import { amountIn } from './context-standing.ts';
import { planBundle } from './effects/bundle.ts';
import { planBuyGet } from './effects/buy-get.ts';
import { planGift } from './effects/gift.ts';
import { planCartAmount, planCartPercent } from './effects/order.ts';
import { type Plan, type Planned } from './effects/plan.ts';
import { planFreeShipping } from './effects/shipping.ts';
import { planUnits } from './effects/unit.ts';

/**
 * What a promotion would give to the basket as it is now, or why nothing.
 * @param isOpen whether it may touch a line; asked by promotions of the class PRODUCT alone.
 */
export function planRule(rule: Rule, basket: Basket, isOpen: (position: number) => boolean): Planned {
  const { effect } = rule.promotion;
  const { currency } = basket.cart.context;
  switch (effect.kind) {
    case 'PERCENT':
    case 'AMOUNT':
      return planUnits(rule, basket, isOpen);
    case 'BUY_GET':
      return planBuyGet(rule, effect, basket, isOpen);
    case 'BUNDLE':
      return planBundle(rule, effect, amountIn(effect.price, currency) ?? 0, basket, isOpen);
    case 'GIFT':
      return planGift(effect, basket, isOpen);
    case 'CART_PERCENT':
      return planCartPercent(rule, effect.basisPoints, basket);
    case 'CART_AMOUNT':
      return planCartAmount(rule, amountIn(effect.off, currency) ?? 0, basket);
    case 'FREE_SHIPPING':
      return planFreeShipping(effect.optionCodes, basket);
  }
}

/** Whether a plan is more than the whole budget of its promotion: then no order could ever hold it. */
export const isOverBudget = ({ promotion: { limits } }: Rule, { gainMinor }: Pick<Plan, 'gainMinor'>): boolean =>
  limits.budget !== null && gainMinor > limits.budget.minor;

/** Takes off a basket what a plan of a promotion that is no unit promotion gives. */
export function takePlan(rule: Rule, { lines, shippingMinor }: Plan, basket: Basket): void {
  for (const { position, offMinor, takenUnits } of lines) {
    const line = basket.lines[position]!;
    line.takenUnits += takenUnits;
    if (rule.class === 'ORDER') line.orderMinor += offMinor;
    else {
      line.takenMinor += offMinor;
      line.touching.push(rule);
    }
  }
  basket.shippingMinor += shippingMinor;
}
