import { type Basket, freeUnits, goodsMinor, worthOf } from '../basket.ts';
import type { PromotionEffect } from '../promotion.ts';
import { type Planned, planLines } from './plan.ts';

type GiftEffect = Extract<PromotionEffect, { kind: 'GIFT' }>;

/** Plans free units of the gift's variant, as far as they are in the cart and no promotion has taken them. */
export function planGift(
  { variantId, quantity }: GiftEffect,
  basket: Basket,
  isOpen: (position: number) => boolean,
): Planned {
  const position = basket.positions.get(variantId);
  if (position === undefined || !isOpen(position)) return 'NO_MATCHING_LINE';
  const line = basket.lines[position]!;
  const units = Math.min(quantity, freeUnits(line));
  if (units === 0) return 'NO_EFFECT';
  return planLines([
    { position, offMinor: Math.min(worthOf(line, line.unit, units), goodsMinor(line)), takenUnits: units, unit: null },
  ]);
}
