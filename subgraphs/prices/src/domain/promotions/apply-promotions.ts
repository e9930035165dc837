import { basketBase, type Basket } from './basket.ts';
import { basketRefusal, customerRefusal } from './cart-conditions.ts';
import type { Rejection } from './choose.ts';
import { type CompiledPromotions, consent, type Rule } from './compile-promotions.ts';
import { contextStanding } from './context-standing.ts';
import { discountedLines } from './discounted-lines.ts';
import type {
  AppliedPromotion,
  DiscountedLine,
  Gift,
  PromotionCart,
  PromotionOutcome,
  PromotionTrial,
} from './promotion-cart.ts';
import { type Settlement, settlePromotions } from './settle.ts';

/**
 * Applies promotions to a cart: the one place that product pages, carts and checkouts get their prices from. The answer depends neither on the
 * order of the lines nor on that of the promotions.
 * @param cart with each variant on one line; unit × quantity of each line is a safe integer, and so is their sum with tax.
 * @returns lines aligned with the cart's, and a trial of every promotion: the rival of one is the id of a promotion.
 */
export function applyPromotions(compiled: CompiledPromotions, cart: PromotionCart): PromotionOutcome {
  const isSorted = cart.lines.every((line, index) => index === 0 || cart.lines[index - 1]!.variantId < line.variantId);
  if (isSorted) return applySorted(compiled, cart);
  const lines = cart.lines.toSorted((a, b) => (a.variantId < b.variantId ? -1 : 1));
  const outcome = applySorted(compiled, { ...cart, lines });
  const byVariant = new Map(outcome.lines.map((line) => [line.variantId, line]));
  return { ...outcome, lines: cart.lines.map(({ variantId }) => byVariant.get(variantId)!) };
}

function applySorted(compiled: CompiledPromotions, cart: PromotionCart): PromotionOutcome {
  const { refusals } = contextStanding(compiled, cart.context);
  const codes = codesByPromotion(cart);
  const rejected = new Map<Rule, Rejection>();
  const rules: Rule[] = [];
  for (const rule of compiled.rules) {
    const refusal = refusals[rule.position] ?? customerRefusal(rule, cart, codes);
    if (refusal) rejected.set(rule, { refusal, rival: null });
    else rules.push(rule);
  }
  const settlement = settlePromotions(rules, basketBase(compiled, cart));
  for (const [rule, rejection] of settlement.rejected) rejected.set(rule, rejection);
  const lines = discountedLines(settlement);
  const applied = appliedPromotions(settlement, lines, codes);
  return {
    lines,
    applied: [...applied.values()],
    shippingDiscounts: settlement.applied
      .filter(({ plan }) => plan.shippingMinor > 0)
      .map(({ rule, plan }) => ({
        promotionId: rule.promotion.id,
        amountMinor: plan.shippingMinor,
        class: rule.class,
      })),
    gifts: gifts(rules, settlement),
    trials: compiled.rules.map((rule) => trialOf(rule, applied.get(rule), rejected.get(rule))),
  };
}

/** By promotion: the code that it is used by, the first of several. */
function codesByPromotion({ codes }: PromotionCart): Map<string, string> {
  const found = new Map<string, string>();
  for (const [code, { promotionId }] of codes) {
    const known = found.get(promotionId);
    if (known === undefined || code < known) found.set(promotionId, code);
  }
  return found;
}

function appliedPromotions(
  { applied }: Settlement,
  lines: readonly DiscountedLine[],
  codes: ReadonlyMap<string, string>,
): Map<Rule, AppliedPromotion> {
  const given = new Map<string, number>();
  for (const { discounts } of lines) {
    for (const { promotionId, amountMinor } of discounts) {
      given.set(promotionId, (given.get(promotionId) ?? 0) + amountMinor);
    }
  }
  return new Map(
    applied.map(({ rule, plan }) => {
      const { promotion } = rule;
      const amountMinor = (given.get(promotion.id) ?? 0) + plan.shippingMinor;
      return [rule, { promotion, class: rule.class, code: codes.get(promotion.id) ?? null, amountMinor }];
    }),
  );
}

const trialOf = (
  { promotion }: Rule,
  applied: AppliedPromotion | undefined,
  rejection: Rejection | undefined,
): PromotionTrial => ({
  promotion,
  applied: applied !== undefined,
  amountMinor: applied?.amountMinor ?? 0,
  refusal: applied ? null : (rejection?.refusal ?? 'NO_EFFECT'),
  rival: applied ? null : (rejection?.rival?.promotion.id ?? null),
});

/** Gifts that are given, and those that would be if they were put into the cart. */
function gifts(rules: readonly Rule[], { basket, applied }: Settlement): Gift[] {
  const given = new Set(applied.map(({ rule }) => rule));
  const found: Gift[] = [];
  for (const rule of rules) {
    const { effect, id } = rule.promotion;
    if (effect.kind !== 'GIFT') continue;
    const position = basket.positions.get(effect.variantId);
    const isOffered = position === undefined ? isWelcome(rule, basket, given) : given.has(rule);
    if (!isOffered) continue;
    const inCart = position === undefined ? 0 : Math.min(effect.quantity, basket.lines[position]!.line.quantity);
    found.push({ promotionId: id, variantId: effect.variantId, quantity: effect.quantity, inCart });
  }
  return found;
}

/** Whether a gift that is not in the cart would be accepted: its conditions hold, and what it would meet consents. */
const isWelcome = (rule: Rule, basket: Basket, given: ReadonlySet<Rule>): boolean =>
  basketRefusal(rule, basket) === null &&
  [...given].every((other) => other.class === 'PRODUCT' || consent(rule, other));
