import { type Basket, byPrice, freeUnits, goodsMinor, unitWorth, worthOf } from '../basket.ts';
import type { Rule } from '../compile-promotions.ts';
import type { PromotionEffect } from '../promotion.ts';
import { spread } from '../spread.ts';
import { type Filling, fillParts } from './fill-parts.ts';
import { type Planned, planLines } from './plan.ts';

type Bundle = Extract<PromotionEffect, { kind: 'BUNDLE' }>;

/**
 * Plans complete sets for a price, of units that no promotion has taken: the dearest ones that make a set, and as many sets as each saves
 * something. What is saved is spread over the lines by what their units cost.
 * @param isOpen whether the promotion may touch a line.
 */
export function planBundle(
  rule: Rule,
  { parts, maxTimes }: Bundle,
  priceMinor: number,
  basket: Basket,
  isOpen: (position: number) => boolean,
): Planned {
  const matches = rule.goods.map((target) => basket.matches[target]!);
  if (matches.every((positions) => positions.length === 0)) return 'NO_MATCHING_LINE';
  if (matches.some((positions, part) => isShort(parts[part]!.quantity, positions, basket))) return 'TOO_FEW';
  const partsOf = new Map<number, number[]>();
  for (const [part, target] of rule.goods.entries()) {
    for (const position of basket.matches[target]!.filter(isOpen)) {
      const held = partsOf.get(position);
      if (held) held.push(part);
      else partsOf.set(position, [part]);
    }
  }
  if (partsOf.size === 0) return 'NO_MATCHING_LINE';
  const positions = [...partsOf.keys()].sort(byPrice(basket)).reverse();
  const lines = positions.map((position) => ({
    units: freeUnits(basket.lines[position]!),
    parts: partsOf.get(position)!,
    worth: unitWorth(basket.lines[position]!),
  }));
  const fill = (sets: number): Filling | null =>
    fillParts(
      parts.map(({ quantity }) => quantity * sets),
      lines,
    );
  const most = Math.min(maxTimes ?? Infinity, ...parts.map((part, index) => mostSets(part.quantity, index, lines)));
  const sets = lastSet(most, (count) => {
    const filling = fill(count);
    return filling !== null && filling.worth - (count > 1 ? fill(count - 1)!.worth : 0) > priceMinor;
  });
  const filling = sets > 0 ? fill(sets) : null;
  if (!filling) return most > 0 && fill(1) ? 'NO_EFFECT' : 'TOO_FEW';

  const chosen = positions
    .map((position, index) => ({ position, takenUnits: filling.units[index]!, unit: null }))
    .filter(({ takenUnits }) => takenUnits > 0)
    .sort((a, b) => a.position - b.position);
  const worths = chosen.map(({ position, takenUnits }) => {
    const line = basket.lines[position]!;
    return Math.min(worthOf(line, line.unit, takenUnits), goodsMinor(line));
  });
  const saved = worths.reduce((sum, worth) => sum + worth, 0) - sets * priceMinor;
  if (saved <= 0) return 'NO_EFFECT';
  const shares = spread(saved, worths);
  return planLines(chosen.map((line, index) => ({ ...line, offMinor: shares[index]! })));
}

/** Whether all lines of a part together have too few free units for one set: most carts are done with a bundle here. */
function isShort(quantity: number, positions: readonly number[], { lines }: Basket): boolean {
  let units = 0;
  for (const position of positions) {
    units += freeUnits(lines[position]!);
    if (units >= quantity) return false;
  }
  return true;
}

/** How many sets a part alone would allow. */
function mostSets(
  quantity: number,
  part: number,
  lines: readonly { units: number; parts: readonly number[] }[],
): number {
  const units = lines.reduce((sum, line) => sum + (line.parts.includes(part) ? line.units : 0), 0);
  return Math.floor(units / quantity);
}

/** The largest count, up to the most, for which something holds that holds for all counts below; 0 when for none. */
function lastSet(most: number, holds: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
