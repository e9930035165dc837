import { type Basket, byPrice, freeUnits, goodsMinor, worthOf } from '../basket.ts';
import type { Rule } from '../compile-promotions.ts';
import type { PromotionEffect } from '../promotion.ts';
import { percentOf } from '../spread.ts';
import { type Planned, type PlannedLine, planLines } from './plan.ts';

type BuyGet = Extract<PromotionEffect, { kind: 'BUY_GET' }>;

/**
 * Plans complete rounds of "buy so many, get so many cheaper" on units that no promotion has taken. As many rounds as the units are enough
 * for; the cheapest units that may be got are got, but for those that have to be bought; the dearest of the others are bought.
 * @param isOpen whether the promotion may touch a line.
 */
export function planBuyGet(
  rule: Rule,
  { buyQuantity, getQuantity, basisPoints, maxTimes }: BuyGet,
  basket: Basket,
  isOpen: (position: number) => boolean,
): Planned {
  const [buy, get] = [rule.goods[0]!, rule.goods[1]!].map((target) => basket.matches[target]!.filter(isOpen));
  if (buy!.length === 0 || get!.length === 0) return 'NO_MATCHING_LINE';
  const free = (position: number) => freeUnits(basket.lines[position]!);
  const count = (positions: readonly number[]) => positions.reduce((sum, position) => sum + free(position), 0);
  const buyable = count(buy!);
  const gettable = count(get!);
  if (buyable < buyQuantity || gettable < getQuantity) return 'TOO_FEW';
  const isSame = rule.goods[0] === rule.goods[1];
  const both = isSame ? buy! : buy!.filter((position) => get!.includes(position));
  const shared = count(both);
  const times = Math.min(
    maxTimes ?? Infinity,
    Math.floor(buyable / buyQuantity),
    Math.floor(gettable / getQuantity),
    Math.floor((buyable + gettable - shared) / (buyQuantity + getQuantity)),
  );
  if (times === 0) return 'TOO_FEW';
  const boughtCount = times * buyQuantity;
  // Units that could be either may be got as long as enough are left to be bought.
  let sharedLeft = shared - Math.max(0, boughtCount - (buyable - shared));
  const got = new Map<number, number>();
  let wanted = times * getQuantity;
  for (const position of get!.toSorted(byPrice(basket))) {
    const isShared = both.includes(position);
    const units = Math.min(wanted, free(position), isShared ? sharedLeft : Infinity);
    if (units === 0) continue;
    if (isShared) sharedLeft -= units;
    got.set(position, units);
    wanted -= units;
  }
  const bought = take(
    buy!.toSorted(byPrice(basket)).toReversed(),
    boughtCount,
    (position) => free(position) - (got.get(position) ?? 0),
  );
  const planned: PlannedLine[] = [...new Set([...got.keys(), ...bought.keys()])]
    .sort((a, b) => a - b)
    .map((position) => {
      const line = basket.lines[position]!;
      const units = got.get(position) ?? 0;
      const off = units === 0 ? 0 : percentOf(worthOf(line, line.unit, units), basisPoints);
      const offMinor = Math.min(off, goodsMinor(line));
      return { position, offMinor, takenUnits: units + (bought.get(position) ?? 0), unit: null };
    });
  return planLines(planned);
}

/** So many units of the lines, in their order. @returns units by line, none of zero. */
function take(
  positions: readonly number[],
  count: number,
  available: (position: number) => number,
): Map<number, number> {
  const taken = new Map<number, number>();
  let wanted = count;
  for (const position of positions) {
    const units = Math.min(wanted, available(position));
    if (units > 0) taken.set(position, units);
    wanted -= units;
  }
  return taken;
}
