import { divideHalfEven } from '@kontor/kit/src/money.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import { proportion } from './proportion.ts';

const MICROS = 1_000_000;

/** The highest price: times the 10,000 units that a line may have, with tax, it is exact in every client (2^53). */
export const MAX_PRICE_MINOR = 100_000_000_000;

/** Whole minor units, without any millionths. */
export const wholeMinor = (minor: number): PreciseAmount => ({ minor, micros: 0 });

/** All millionths of a minor unit that an amount has. */
export const microsOf = ({ minor, micros }: PreciseAmount): bigint => BigInt(minor) * BigInt(MICROS) + BigInt(micros);

const ofMicros = (micros: bigint): PreciseAmount => ({
  minor: Number(micros / BigInt(MICROS)),
  micros: Number(micros % BigInt(MICROS)),
});

/** What so many units cost, in minor units: rounded half-even once. The amount is not negative and the answer has to be a safe integer. */
export function times({ minor, micros }: PreciseAmount, quantity: number): number {
  if (micros === 0) return minor * quantity;
  return minor * quantity + Number(roundedMicros(minor * quantity, BigInt(micros) * BigInt(quantity)));
}

/** Millionths beyond whole minor units, as minor units; a half goes to the even sum, so the whole units have their say. */
function roundedMicros(whole: number, micros: bigint): bigint {
  const isOdd = whole % 2 === 0 ? 0n : 1n;
  return divideHalfEven(micros + isOdd * BigInt(MICROS), BigInt(MICROS)) - isOdd;
}

/** Orders amounts from the lowest to the highest. */
export const comparePrecise = (left: PreciseAmount, right: PreciseAmount): number =>
  left.minor - right.minor || left.micros - right.micros;

/** What is left of an amount after so many basis points off it: rounded half-even to the minor unit, or to its millionths if it has any. */
export function lessPercent(amount: PreciseAmount, basisPoints: number): PreciseAmount {
  const rest = 10_000 - basisPoints;
  if (amount.micros === 0) return { minor: proportion(amount.minor, rest, 10_000), micros: 0 };
  return ofMicros(divideHalfEven(microsOf(amount) * BigInt(rest), 10_000n));
}

/** What is left of an amount after so many minor units off it; nothing at the least. */
export const lessMinor = ({ minor, micros }: PreciseAmount, off: number): PreciseAmount =>
  minor >= off ? { minor: minor - off, micros } : { minor: 0, micros: 0 };

/** The difference of two amounts, of which the first is not the lower. */
export function lessPrecise(amount: PreciseAmount, off: PreciseAmount): PreciseAmount {
  const micros = amount.micros - off.micros;
  return micros < 0
    ? { minor: amount.minor - off.minor - 1, micros: micros + MICROS }
    : { minor: amount.minor - off.minor, micros };
}

/** An amount with the tax of a rate on it: rounded half-even as `lessPercent` does. */
export function plusTax(amount: PreciseAmount, basisPoints: number): PreciseAmount {
  if (amount.micros === 0) return { minor: proportion(amount.minor, 10_000 + basisPoints, 10_000), micros: 0 };
  return ofMicros(divideHalfEven(microsOf(amount) * BigInt(10_000 + basisPoints), 10_000n));
}
