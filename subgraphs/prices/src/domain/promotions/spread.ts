import { proportion } from '../amounts/proportion.ts';

/**
 * Spreads an amount over parts in proportion to their weights by the method of the largest remainder: each part gets its whole share, and what
 * is left goes one by one to those with the largest remainders, the first of equal ones. The shares sum to the amount, none is above its weight.
 * @param amount at most the sum of the weights; all are safe integers and none is negative.
 * @returns shares aligned with the weights.
 */
export function spread(amount: number, weights: readonly number[]): number[] {
  let sum = 0;
  for (const weight of weights) sum += weight;
  if (amount === sum || sum === 0) return [...weights];
  const shares: number[] = [];
  const remainders: number[] = [];
  const order: number[] = [];
  let left = amount;
  for (const [index, weight] of weights.entries()) {
    const remainder = wholeRemainder(amount, weight, sum);
    const share = wholeShare(amount, weight, sum, remainder);
    shares.push(share);
    remainders.push(remainder);
    if (remainder > 0) order.push(index);
    left -= share;
  }
  if (left === 0) return shares;
  order.sort((a, b) => remainders[b]! - remainders[a]! || a - b);
  for (let next = 0; next < left; next += 1) shares[order[next]!]! += 1;
  return shares;
}

/** What is left of `amount × weight ÷ sum`; through big integers where the product is beyond 2^53. */
function wholeRemainder(amount: number, weight: number, sum: number): number {
  const product = amount * weight;
  return Number.isSafeInteger(product) ? product % sum : Number((BigInt(amount) * BigInt(weight)) % BigInt(sum));
}

/** `amount × weight ÷ sum` without its remainder. */
function wholeShare(amount: number, weight: number, sum: number, remainder: number): number {
  const product = amount * weight;
  if (Number.isSafeInteger(product)) return (product - remainder) / sum;
  return Number((BigInt(amount) * BigInt(weight)) / BigInt(sum));
}

/** A share of an amount in basis points, rounded half-even. */
export const percentOf = (amount: number, basisPoints: number): number => proportion(amount, basisPoints, 10_000);
