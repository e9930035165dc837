import { proportion } from '../amounts/proportion.ts';
import type { LineDiscount } from '../promotions/promotion-cart.ts';

/**
 * What each promotion saved of a gross amount that was saved in all, by what each gave in the mode of its line: a running part, rounded
 * half-even, so that the shares sum to the whole. Where the mode is gross, each share is what was given.
 * @returns one for each promotion that saved something, in the order in which they gave.
 */
export function discountShares(
  discounts: readonly LineDiscount[],
  grossSavedMinor: number,
): { promotionId: string; grossMinor: number }[] {
  const given = new Map<string, number>();
  for (const { promotionId, amountMinor } of discounts)
    given.set(promotionId, (given.get(promotionId) ?? 0) + amountMinor);
  let whole = 0;
  for (const amount of given.values()) whole += amount;

  const shares: { promotionId: string; grossMinor: number }[] = [];
  let [soFar, told] = [0, 0];
  for (const [promotionId, amount] of given) {
    soFar += amount;
    const until = proportion(grossSavedMinor, soFar, whole);
    if (until > told) shares.push({ promotionId, grossMinor: until - told });
    told = until;
  }
  return shares;
}
