import { formatAmount, money, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { signedShare } from './share-text.ts';
import { formatPrecise } from '../amounts/precise-text.ts';
import type { PriceList } from '../lists/price-list.ts';
import type { PreciseAmount } from '../precise-amount.ts';

/** One step of how a price came about, for people who check it. */
export interface PriceStep {
  readonly rule: 'LIST_PRICE' | 'DERIVED' | 'PROMOTION' | 'ROUNDED' | 'TAX' | 'EXEMPT';
  readonly text: string;
  /** Decimal text of what came out. */
  readonly amount: string;
}

/** What a list makes of the price of the list that it derives from. */
export function derivationStep(list: PriceList, before: PreciseAmount, after: PreciseAmount): PriceStep {
  const { code, currency, derivation } = list;
  const [from, to] = [formatPrecise(before, currency), formatPrecise(after, currency)];
  const minor = (amount: number) => formatAmount(money(amount, currency));
  const { adjustment, rounding } = derivation!;
  const how =
    adjustment.kind === 'PERCENT'
      ? signedShare(adjustment.basisPoints)
      : adjustment.kind === 'AMOUNT'
        ? `${adjustment.minor < 0 ? '−' : '+'} ${minor(Math.abs(adjustment.minor))}`
        : `as costs, with the fees of ${adjustment.feeSchedule} and a margin of ${adjustment.basisPoints / 100} %`;
  const ending = rounding
    ? `, rounded ${rounding.mode.toLowerCase()} to amounts that end as ${minor(rounding.endingMinor)} of ${minor(rounding.stepMinor)}`
    : '';
  return { rule: 'DERIVED', text: `The list ${code}: ${from} ${how}${ending}, is ${to} ${currency}.`, amount: to };
}

/** What a promotion takes off a unit. */
export function promotionStep(
  name: string,
  before: PreciseAmount,
  off: PreciseAmount,
  after: PreciseAmount,
  currency: string,
): PriceStep {
  const [from, less, to] = [before, off, after].map((amount) => formatPrecise(amount, currency));
  return {
    rule: 'PROMOTION',
    text: `The promotion “${name}” takes ${less} off ${from}, which leaves ${to} ${currency}.`,
    amount: to!,
  };
}

interface Taxing {
  readonly taxIncluded: boolean;
  readonly basisPoints: number;
  readonly country: string;
  readonly region: string | null;
  readonly taxCategory: string;
  readonly isExempt: boolean;
}

/** How the tax of a unit was worked out. */
export function taxSteps(unit: PreciseAmount, taxed: TaxedMoney, tax: Taxing): PriceStep[] {
  const { currency } = taxed.net;
  const steps: PriceStep[] = [];
  const [net, amount, gross] = [taxed.net, taxed.tax, taxed.gross].map(formatAmount);
  if (unit.micros !== 0)
    steps.push({
      rule: 'ROUNDED',
      text: `One unit is shown rounded half-even; ${formatPrecise(unit, currency)} ${currency} is what is multiplied.`,
      amount: tax.taxIncluded ? gross! : net!,
    });
  const place = tax.region === null ? tax.country : `${tax.country}-${tax.region}`;
  const rate = `${tax.basisPoints / 100} % for “${tax.taxCategory}” in ${place}`;
  if (tax.isExempt)
    steps.push({
      rule: 'EXEMPT',
      text: `The buyer pays no tax in ${tax.country}: ${net} ${currency} without the ${rate}.`,
      amount: gross!,
    });
  else if (tax.taxIncluded)
    steps.push({
      rule: 'TAX',
      text: `${gross} ${currency} contain ${amount} of tax, ${rate}: ${net} net.`,
      amount: gross!,
    });
  else
    steps.push({
      rule: 'TAX',
      text: `${net} ${currency} and ${amount} of tax, ${rate}: ${gross} gross.`,
      amount: gross!,
    });
  return steps;
}
