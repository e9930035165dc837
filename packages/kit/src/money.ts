/** An amount in the smallest unit of its currency. `minorUnits` is a safe integer. */
export interface Money {
  readonly minorUnits: number;
  readonly currency: string;
}

/** net + tax = gross, exactly. */
export interface TaxedMoney {
  readonly net: Money;
  readonly gross: Money;
  readonly tax: Money;
}

/** Currencies whose smallest unit is not a hundredth (ISO 4217). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** How many decimal places the currency's smallest unit has. */
export const currencyExponent = (currency: string): number => EXPONENTS[currency] ?? 2;

/** Whether a text is shaped like an ISO 4217 code that the platform knows. */
const KNOWN_CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
export const isCurrencyCode = (text: string): boolean => KNOWN_CURRENCIES.has(text);

export const money = (minorUnits: number, currency: string): Money => ({ minorUnits, currency });

/** Integer division that rounds half to even (IEEE 754 roundTiesToEven, on integers). The divisor is positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const floor = dividend >= 0n ? dividend / divisor : -((-dividend + divisor - 1n) / divisor);
  const twice = (dividend - floor * divisor) * 2n;
  if (twice < divisor) return floor;
  if (twice > divisor) return floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/**
 * Splits an amount into net, tax and gross at a rate in basis points (1900 = 19%), rounding the tax half-even once.
 * @param taxIncluded whether `amountMinor` is gross.
 */
export function withTax(
  amountMinor: number,
  currency: string,
  rateBasisPoints: number,
  taxIncluded: boolean,
): TaxedMoney {
  const amount = BigInt(amountMinor);
  const rate = BigInt(rateBasisPoints);
  const tax = Number(divideHalfEven(amount * rate, taxIncluded ? 10_000n + rate : 10_000n));
  const netMinor = taxIncluded ? amountMinor - tax : amountMinor;
  return { net: money(netMinor, currency), tax: money(tax, currency), gross: money(netMinor + tax, currency) };
}

/** The sum of amounts of one currency. */
export function sumTaxed(parts: readonly TaxedMoney[], currency: string): TaxedMoney {
  let net = 0;
  let tax = 0;
  for (const part of parts) {
    net += part.net.minorUnits;
    tax += part.tax.minorUnits;
  }
  return { net: money(net, currency), tax: money(tax, currency), gross: money(net + tax, currency) };
}

/** Reads a decimal text such as `1,234.50` or `19.9` into minor units; null when it is not an amount of that currency. */
export function parseAmount(text: string, currency: string): number | null {
  const match = /^\s*(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (!match) return null;
  const exponent = currencyExponent(currency);
  const fraction = match[3] ?? '';
  if (/[^0]/.test(fraction.slice(exponent))) return null;
  const minor = Number(match[2]!.replaceAll(',', '') + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (!Number.isSafeInteger(minor)) return null;
  return match[1] === '-' ? -minor : minor;
}

/** The decimal text of an amount with as many places as its currency has, such as `19.90`: what documents for machines want. */
export function formatAmount({ minorUnits, currency }: Money): string {
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(minorUnits)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return `${minorUnits < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`;
}
