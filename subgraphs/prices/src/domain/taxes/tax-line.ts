import { money, withTax, type TaxedMoney } from '@kontor/kit/src/money.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { TaxRounding } from './tax-provider.ts';

/** A line whose tax is to be worked out. */
export interface TaxableLine {
  /** What the line costs in all, in the mode of `taxIncluded`. */
  readonly amountMinor: number;
  readonly unit: PreciseAmount;
  readonly quantity: number;
  /** Whether the line is just unit × quantity: a discount on the whole line or order ends that. */
  readonly isWhole: boolean;
  readonly taxIncluded: boolean;
  readonly basisPoints: number;
  readonly rounding: TaxRounding;
  /** Whether the buyer pays no tax. */
  readonly isExempt: boolean;
}

/**
 * The tax of a line, rounded half-even: once for the line, or once for its unit and then multiplied, where the country rounds so and the line
 * is still so many units at a price of whole minor units. A price with millionths has no tax of its own that could be paid, so its line is
 * taxed as a whole. Who is exempt pays the net price, which a gross price holds at its rate. net + tax = gross always.
 */
export function taxLine(line: TaxableLine, currency: string): TaxedMoney {
  const taxed = isByUnit(line) ? taxByUnit(line, currency) : taxWhole(line, currency);
  return line.isExempt ? { net: taxed.net, tax: money(0, currency), gross: taxed.net } : taxed;
}

const isByUnit = ({ rounding, isWhole, unit }: TaxableLine): boolean =>
  rounding === 'UNIT' && isWhole && unit.micros === 0;

const taxWhole = ({ amountMinor, basisPoints, taxIncluded }: TaxableLine, currency: string): TaxedMoney =>
  withTax(amountMinor, currency, basisPoints, taxIncluded);

function taxByUnit({ unit, quantity, basisPoints, taxIncluded }: TaxableLine, currency: string): TaxedMoney {
  const { net, tax, gross } = withTax(unit.minor, currency, basisPoints, taxIncluded);
  return {
    net: money(net.minorUnits * quantity, currency),
    tax: money(tax.minorUnits * quantity, currency),
    gross: money(gross.minorUnits * quantity, currency),
  };
}
