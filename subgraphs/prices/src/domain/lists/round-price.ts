import type { PreciseAmount } from '../precise-amount.ts';
import type { PriceRounding } from './price-list.ts';

const MICROS = 1_000_000;

/**
 * An amount, in minor units, that ends as the merchant wants: UP takes the lowest such amount that is not below, DOWN the highest that is not above,
 * NEAREST the nearer of both and the higher when both are as near. Where there is none below, it is the lowest of all.
 */
export function roundPrice({ minor, micros }: PreciseAmount, { mode, stepMinor, endingMinor }: PriceRounding): number {
  const ending = endingMinor % stepMinor;
  const below = Math.floor((minor - ending) / stepMinor) * stepMinor + ending;
  if (below === minor && micros === 0) return minor;
  const above = below + stepMinor;
  if (mode === 'UP' || below < 0) return above;
  if (mode === 'DOWN') return below;
  // Twice what is beyond the minor unit, against how much further the higher one is without it.
  return 2 * micros >= (above - minor - (minor - below)) * MICROS ? above : below;
}
