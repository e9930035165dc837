import { divideHalfEven } from '@kontor/kit/src/money.ts';

/**
 * `amount × numerator ÷ denominator`, rounded half-even once. None is negative, the denominator is positive and all are safe integers; so must
 * be the answer. Products beyond 2^53 are worked out as big integers, all others without.
 */
export function proportion(amount: number, numerator: number, denominator: number): number {
  const product = amount * numerator;
  if (!Number.isSafeInteger(product)) {
    return Number(divideHalfEven(BigInt(amount) * BigInt(numerator), BigInt(denominator)));
  }
  const rest = product % denominator;
  const floor = (product - rest) / denominator;
  const twice = rest * 2;
  if (twice < denominator) return floor;
  if (twice > denominator) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
