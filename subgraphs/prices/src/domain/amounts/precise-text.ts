import { currencyExponent } from '@kontor/kit/src/money.ts';
import type { PreciseAmount } from '../precise-amount.ts';

const MICRO_PLACES = 6;

/** The decimal text of an amount, such as `19.90` or `0.012345`: as many places as the currency has, and those behind that are not zero. */
export function formatPrecise({ minor, micros }: PreciseAmount, currency: string): string {
  const exponent = currencyExponent(currency);
  const digits = String(minor).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const behind = String(micros).padStart(MICRO_PLACES, '0').replace(/0+$/, '');
  const fraction = digits.slice(digits.length - exponent) + (micros === 0 ? '' : behind);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/**
 * Reads a decimal text such as `19.9` or `0.012345` in major units; null when it is none, is negative, is finer than millionths of the
 * currency's smallest unit, or is too large to be exact.
 */
export function parsePrecise(text: string, currency: string): PreciseAmount | null {
  const match = /^(\d{1,16})(?:\.(\d{1,24}))?$/.exec(text.trim());
  if (!match) return null;
  const exponent = currencyExponent(currency);
  const fraction = (match[2] ?? '').padEnd(exponent + MICRO_PLACES, '0');
  if (/[^0]/.test(fraction.slice(exponent + MICRO_PLACES))) return null;
  const minor = Number(match[1]! + fraction.slice(0, exponent));
  return Number.isSafeInteger(minor)
    ? { minor, micros: Number(fraction.slice(exponent, exponent + MICRO_PLACES)) }
    : null;
}
