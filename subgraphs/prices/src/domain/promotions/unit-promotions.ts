import { lessPrecise } from '../amounts/precise.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { PricingContext } from '../pricing-context.ts';
import { basketBase } from './basket.ts';
import type { CompiledPromotions } from './compile-promotions.ts';
import { contextStanding } from './context-standing.ts';
import { unitAfter } from './effects/unit.ts';
import type { PromotionLine } from './promotion-cart.ts';
import type { Promotion } from './promotion.ts';
import { settlePromotions } from './settle.ts';

/** A unit price as shoppers see it, with the promotions that made it so. */
export interface PromotedUnit {
  readonly unit: PreciseAmount;
  /** In the order in which they follow each other; the list's unit less all amounts is `unit`. */
  readonly applied: readonly { readonly promotion: Promotion; readonly amountPerUnit: PreciseAmount }[];
}

const NO_CODES: ReadonlyMap<string, { readonly promotionId: string }> = new Map();
const NOBODY_USED_UP: ReadonlySet<string> = new Set();

/**
 * The unit price after the promotions of the kinds PERCENT and AMOUNT that would apply to a cart of this line alone, at its quantity: without
 * codes, and without those that count the uses or the orders of a customer, whom a page does not ask. In the line's own tax mode.
 */
export function unitPromotions(
  compiled: CompiledPromotions,
  line: PromotionLine,
  context: PricingContext,
): PromotedUnit {
  const { shownRules } = contextStanding(compiled, context);
  if (shownRules.length === 0) return { unit: line.unit, applied: [] };
  const base = basketBase(compiled, {
    context,
    lines: [line],
    codes: NO_CODES,
    usedUpByCustomer: NOBODY_USED_UP,
    orderCount: null,
    shipping: null,
  });
  const rules = shownRules.filter((rule) => base.matches[rule.goods[0]!]!.length > 0);
  if (rules.length === 0) return { unit: line.unit, applied: [] };
  const promoted = settlePromotions(rules, base).basket.lines[0]!;
  let before = line.unit;
  const applied = promoted.units.map((rule) => {
    const after = unitAfter(rule, before, context.currency);
    const amountPerUnit = lessPrecise(before, after);
    before = after;
    return { promotion: rule.promotion, amountPerUnit };
  });
  return { unit: promoted.unit, applied };
}
