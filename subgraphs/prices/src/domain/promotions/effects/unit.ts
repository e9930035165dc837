import { comparePrecise, lessMinor, lessPercent } from '../../amounts/precise.ts';
import type { PreciseAmount } from '../../precise-amount.ts';
import { type Basket, type BasketLine, worthOf } from '../basket.ts';
import type { Rule } from '../compile-promotions.ts';
import { amountIn } from '../context-standing.ts';
import type { Planned, PlannedLine } from './plan.ts';

/** Whether a promotion changes the price of one unit. */
export const isUnitRule = ({ promotion: { effect } }: Rule): boolean =>
  effect.kind === 'PERCENT' || effect.kind === 'AMOUNT';

/** A unit price after a promotion of the kinds PERCENT and AMOUNT; as it was with every other kind. Never below zero. */
export function unitAfter({ promotion: { effect } }: Rule, unit: PreciseAmount, currency: string): PreciseAmount {
  if (effect.kind === 'PERCENT') return lessPercent(unit, effect.basisPoints);
  if (effect.kind === 'AMOUNT') return lessMinor(unit, amountIn(effect.off, currency) ?? 0);
  return unit;
}

/** Whether a promotion makes the unit cheaper than it is. */
export const isCheaper = (after: PreciseAmount, unit: PreciseAmount): boolean => comparePrecise(after, unit) < 0;

/**
 * Puts a unit promotion on a line that is priced anew by it.
 * @param order of the promotions that may come to the line; those that are there and not in it come before.
 */
export function addUnitRule(line: BasketLine, rule: Rule, order: readonly Rule[], currency: string): void {
  const rank = order.indexOf(rule);
  let place = line.units.length;
  while (place > 0 && order.indexOf(line.units[place - 1]!) > rank) place -= 1;
  if (place === line.units.length) {
    line.units.push(rule);
    line.unit = unitAfter(rule, line.unit, currency);
  } else {
    line.units.splice(place, 0, rule);
    line.unit = line.line.unit;
    for (const each of line.units) line.unit = unitAfter(each, line.unit, currency);
  }
  line.unitsMinor = worthOf(line, line.unit, line.line.quantity);
  line.touching.push(rule);
}

/**
 * Plans a unit promotion on the lines that it may touch, after the unit promotions that they have already. It has an effect where a unit gets
 * cheaper, even by so few millionths that the line costs the same.
 */
export function planUnits(rule: Rule, basket: Basket, isOpen: (position: number) => boolean): Planned {
  const { currency } = basket.cart.context;
  const positions = basket.matches[rule.goods[0]!]!.filter(isOpen);
  if (positions.length === 0) return 'NO_MATCHING_LINE';
  const lines: PlannedLine[] = [];
  let gainMinor = 0;
  for (const position of positions) {
    const line = basket.lines[position]!;
    const after = unitAfter(rule, line.unit, currency);
    if (!isCheaper(after, line.unit)) continue;
    const offMinor = line.unitsMinor - worthOf(line, after, line.line.quantity);
    lines.push({ position, offMinor, takenUnits: 0, unit: after });
    gainMinor += offMinor;
  }
  return lines.length > 0 ? { lines, shippingMinor: 0, gainMinor } : 'NO_EFFECT';
}
