import { money, sumTaxed, withTax, type TaxedMoney } from '@kontor/kit/src/money.ts';

/** A line to price. */
export interface CartLine {
  readonly lineId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** What a variant of the cart costs, as a list holds it. */
export interface VariantAmount {
  /** Minor units for one unit. */
  readonly amountMinor: number;
  /** Whether the amount is gross. */
  readonly taxIncluded: boolean;
  readonly priceListCode: string;
}

/** The amounts by which a cart is priced, by variant, in one currency and at one tax rate. */
export interface CartPrices {
  readonly currency: string;
  readonly taxRateBasisPoints: number;
  readonly amounts: ReadonlyMap<string, VariantAmount>;
}

/** The price of a line; unit, total and list are null when no list prices the variant. */
export interface PricedLine extends CartLine {
  readonly unit: TaxedMoney | null;
  readonly total: TaxedMoney | null;
  readonly priceListCode: string | null;
}

/** Quantities by variant: a tier applies to all that is bought of a variant, on however many lines it stands. */
export function quantities(lines: readonly CartLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return sums;
}

/**
 * Prices a cart. The tax of a line is computed on unit × quantity and rounded half-even once. Several lines of one variant cost together
 * exactly what one line of their sum would: each line is the difference that it makes to the running total of its variant.
 * @returns lines aligned with the input, and their sum; null when an amount would not be exact any more (2^53).
 */
export function priceCart(
  lines: readonly CartLine[],
  prices: CartPrices,
): { lines: PricedLine[]; total: TaxedMoney } | null {
  const { currency, taxRateBasisPoints, amounts } = prices;
  const before = new Map<string, { quantity: number; total: TaxedMoney }>();
  const priced: PricedLine[] = [];
  for (const line of lines) {
    const amount = amounts.get(line.variantId);
    if (!amount) {
      priced.push({ ...line, unit: null, total: null, priceListCode: null });
      continue;
    }
    const { amountMinor, taxIncluded, priceListCode } = amount;
    const so = before.get(line.variantId) ?? { quantity: 0, total: sumTaxed([], currency) };
    const quantity = so.quantity + line.quantity;
    // Checked first: a product that is not exact cannot be made a bigint.
    if (!Number.isSafeInteger(amountMinor * quantity)) return null;
    const total = withTax(amountMinor * quantity, currency, taxRateBasisPoints, taxIncluded);
    before.set(line.variantId, { quantity, total });
    priced.push({
      ...line,
      unit: withTax(amountMinor, currency, taxRateBasisPoints, taxIncluded),
      total: difference(total, so.total),
      priceListCode,
    });
  }
  const total = sumTaxed(
    priced.flatMap((line) => line.total ?? []),
    currency,
  );
  return Number.isSafeInteger(total.gross.minorUnits) ? { lines: priced, total } : null;
}

const difference = (left: TaxedMoney, right: TaxedMoney): TaxedMoney => ({
  net: money(left.net.minorUnits - right.net.minorUnits, left.net.currency),
  tax: money(left.tax.minorUnits - right.tax.minorUnits, left.net.currency),
  gross: money(left.gross.minorUnits - right.gross.minorUnits, left.net.currency),
});
