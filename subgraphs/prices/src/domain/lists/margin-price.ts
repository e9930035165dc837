import { MAX_PRICE_MINOR, microsOf, wholeMinor } from '../amounts/precise.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { Adjustment, FeeBracket, PriceRounding } from './price-list.ts';
import { roundPrice } from './round-price.ts';

/** The share of its net price that a marketplace's price shall leave, and the tax that stands between net and gross. */
export type MarginRule = Extract<Adjustment, { kind: 'MARGIN' }>;

const WHOLE = 10_000n;
const MICROS = 1_000_000n;

/**
 * The lowest price, in minor units, that leaves its margin: net − fee − cost ≥ margin × net. The fee is a share of the gross price and a fixed amount,
 * at least its minimum, by the bracket in which the gross price lies. Worked out exactly, before tax and fee are rounded to the minor unit.
 * Rounding up looks for the lowest price with that ending: the next one up may lie in a bracket that takes more. Other rounding comes after, and may
 * cost some of the margin.
 * @param cost net, of one unit
 * @param brackets ascending; the first begins at what is the lowest price
 * @param taxIncluded whether the price is to be gross
 * @returns null when fees and margin take more than any price brings.
 */
export function marginPrice(
  cost: PreciseAmount,
  { basisPoints, taxBasisPoints }: MarginRule,
  brackets: readonly FeeBracket[],
  taxIncluded: boolean,
  rounding: PriceRounding | null = null,
): number | null {
  const grossFactor = WHOLE + BigInt(taxBasisPoints);
  // All sides are multiplied by this, so that nothing is divided: a net price counts in hundredths of a percent, a gross one has tax in it besides.
  const scale = WHOLE * (taxIncluded ? grossFactor : WHOLE);
  const kept = (WHOLE - BigInt(basisPoints)) * WHOLE;
  const needed = (feeMinor: number) => (BigInt(feeMinor) * MICROS + microsOf(cost)) * scale;
  const startOf = (bracket: FeeBracket) =>
    taxIncluded ? BigInt(bracket.fromMinor) : divideUp(BigInt(bracket.fromMinor) * WHOLE, grossFactor);

  for (const [index, bracket] of brackets.entries()) {
    const conditions = [
      { perUnit: kept - BigInt(bracket.basisPoints) * grossFactor, needed: needed(bracket.fixedMinor) },
      { perUnit: kept, needed: needed(bracket.minimumMinor) },
    ];
    let price = startOf(bracket);
    for (const { perUnit, needed: least } of conditions)
      if (perUnit > 0n) price = max(price, divideUp(least, perUnit * MICROS));
    if (price > MAX_PRICE_MINOR) continue;
    if (rounding?.mode === 'UP') price = BigInt(roundPrice(wholeMinor(Number(price)), rounding));
    const next = brackets[index + 1];
    if (next && price >= startOf(next)) continue;
    // A condition that gets worse with the price holds at the lowest or nowhere.
    if (conditions.every(({ perUnit, needed: least }) => price * perUnit * MICROS >= least))
      return rounding === null ? Number(price) : roundPrice(wholeMinor(Number(price)), rounding);
  }
  return null;
}

const max = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** Integer division that rounds up; the dividend is not negative, the divisor positive. */
const divideUp = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;
