import { type Basket, dueMinor, goodsMinor } from '../basket.ts';
import type { Rule } from '../compile-promotions.ts';
import { percentOf, spread } from '../spread.ts';
import { type Planned, planLines } from './plan.ts';

/** Plans an order discount: so many basis points of what the matching lines cost after their PRODUCT promotions. */
export const planCartPercent = (rule: Rule, basisPoints: number, basket: Basket): Planned =>
  planOrder(rule, basket, (base) => percentOf(base, basisPoints));

/** Plans an order discount of an amount, at most what the matching lines cost. */
export const planCartAmount = (rule: Rule, offMinor: number, basket: Basket): Planned =>
  planOrder(rule, basket, () => offMinor);

/**
 * Spreads an order discount over the matching lines by what is still due for each. Several order discounts are all taken from the same base,
 * as each of them says, so that their order does not matter; but no line goes below zero.
 */
function planOrder(rule: Rule, basket: Basket, discount: (baseMinor: number) => number): Planned {
  const positions = basket.matches[rule.goods[0]!]!;
  if (positions.length === 0) return 'NO_MATCHING_LINE';
  const due = positions.map((position) => dueMinor(basket.lines[position]!));
  let base = 0;
  let most = 0;
  for (const [index, position] of positions.entries()) {
    base += goodsMinor(basket.lines[position]!);
    most += due[index]!;
  }
  const shares = spread(Math.min(discount(base), most), due);
  return planLines(
    positions
      .map((position, index) => ({ position, offMinor: shares[index]!, takenUnits: 0, unit: null }))
      .filter(({ offMinor }) => offMinor > 0),
  );
}
