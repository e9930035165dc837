import { type Basket, type BasketBase, freshBasket } from './basket.ts';
import { basketRefusal } from './cart-conditions.ts';
import { type Choice, choosePromotions, type Rejection } from './choose.ts';
import type { Rule } from './compile-promotions.ts';
import { isRefusal, type Plan, type Planned } from './effects/plan.ts';
import { addUnitRule, isUnitRule } from './effects/unit.ts';
import { isOverBudget, planRule, takePlan } from './plan-rule.ts';
import type { PromotionEffect } from './promotion.ts';

/** Promotions that were applied, in their order, with what each gave. */
export interface Settlement {
  readonly basket: Basket;
  readonly applied: readonly { readonly rule: Rule; readonly plan: Plan }[];
  readonly rejected: ReadonlyMap<Rule, Rejection>;
}

/** Promotions whose conditions no longer hold when it is their turn make everything be chosen anew without them, so often at most. */
const MOST_ROUNDS = 8;

/**
 * Chooses promotions for a cart and applies them in the order of their classes, each tested again right before. One that fails then, as when
 * others have brought the subtotal below what it asks for, is left out and all is chosen again: what it had displaced gets its chance.
 * @param rules that the context and the customer allow, in the order of their positions.
 */
export function settlePromotions(rules: readonly Rule[], base: BasketBase): Settlement {
  const failed = new Map<Rule, Rejection>();
  for (let round = 1; ; round += 1) {
    const choice = choosePromotions(failed.size === 0 ? rules : rules.filter((rule) => !failed.has(rule)), base);
    const settlement = applyChoice(choice, base, failed);
    const [first] = settlement.failed;
    if (!first) return settlement;
    if (round === MOST_ROUNDS)
      return { ...settlement, rejected: new Map([...settlement.rejected, ...settlement.failed]) };
    failed.set(...first);
  }
}

/** Unit promotions first, since all others count with unit prices; then those that take units; then the order; then shipping. */
const TURNS: Readonly<Record<PromotionEffect['kind'], number>> = {
  PERCENT: 0,
  AMOUNT: 0,
  BUY_GET: 1,
  BUNDLE: 2,
  GIFT: 3,
  CART_PERCENT: 4,
  CART_AMOUNT: 4,
  FREE_SHIPPING: 5,
};

const turnOf = ({ promotion }: Rule) => TURNS[promotion.effect.kind];

function applyChoice(
  { accepted, rejected, unitRules }: Choice,
  base: BasketBase,
  before: ReadonlyMap<Rule, Rejection>,
) {
  const basket = freshBasket(base);
  const applied: { rule: Rule; plan: Plan }[] = [];
  const failed: [Rule, Rejection][] = [];
  for (const [rule, positions] of [...accepted].sort(([left], [right]) => turnOf(left) - turnOf(right))) {
    const planned = basketRefusal(rule, basket) ?? planWithin(rule, positions, basket);
    if (isRefusal(planned)) failed.push([rule, { refusal: planned, rival: null }]);
    else {
      applied.push({ rule, plan: planned });
      if (!isUnitRule(rule)) takePlan(rule, planned, basket);
      else {
        // Each comes to its place among those already there, as it was chosen line by line.
        for (const { position } of planned.lines) {
          addUnitRule(basket.lines[position]!, rule, unitRules[position]!, basket.cart.context.currency);
        }
      }
    }
  }
  return { basket, applied, failed, rejected: new Map([...rejected, ...before]) };
}

function planWithin(rule: Rule, positions: ReadonlySet<number>, basket: Basket): Planned {
  const planned = planRule(rule, basket, (position) => positions.has(position));
  return !isRefusal(planned) && isOverBudget(rule, planned) ? 'BUDGET_SPENT' : planned;
}
