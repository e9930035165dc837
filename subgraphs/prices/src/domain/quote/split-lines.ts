import { money, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { proportion } from '../amounts/proportion.ts';
import type { CartLine, CartQuote, QuotedVariant } from './quote.ts';

/** A line of the cart with its part of what its variant costs; `price` is null when no list prices the variant. */
export interface QuotedLine extends CartLine {
  readonly price: LinePrice | null;
}

export interface LinePrice extends Omit<QuotedVariant, 'variantId' | 'quantity'> {
  /** Those that gave the line something. */
  readonly discounts: QuotedVariant['discounts'];
}

/**
 * Splits what variants cost back to the lines of the cart. The lines of a variant sum to it to the minor unit, for net, tax and each
 * discount: each line is the difference that it makes to the running part of its variant, by quantity, rounded half-even.
 * @returns aligned with the lines.
 */
export function splitLines(lines: readonly CartLine[], quote: Pick<CartQuote, 'variants'>): QuotedLine[] {
  const variants = new Map(quote.variants.map((variant) => [variant.variantId, variant]));
  const before = new Map<string, number>();
  return lines.map((line) => {
    const variant = variants.get(line.variantId);
    if (!variant) return { ...line, price: null };
    const from = before.get(line.variantId) ?? 0;
    const until = from + line.quantity;
    before.set(line.variantId, until);
    return { ...line, price: partOf(variant, from, until) };
  });
}

/** What units `from` to `until` of a variant cost. */
function partOf({ variantId: _, quantity, ...variant }: QuotedVariant, from: number, until: number): LinePrice {
  if (from === 0 && until === quantity) return variant;
  const part = (minor: number) => proportion(minor, until, quantity) - proportion(minor, from, quantity);
  return {
    ...variant,
    listTotal: partOfMoney(variant.listTotal, part),
    total: partOfMoney(variant.total, part),
    discounts: variant.discounts
      .map(({ promotionId, grossMinor }) => ({ promotionId, grossMinor: part(grossMinor) }))
      .filter(({ grossMinor }) => grossMinor > 0),
  };
}

function partOfMoney({ net, tax }: TaxedMoney, part: (minor: number) => number): TaxedMoney {
  const [netMinor, taxMinor] = [part(net.minorUnits), part(tax.minorUnits)];
  return {
    net: money(netMinor, net.currency),
    tax: money(taxMinor, net.currency),
    gross: money(netMinor + taxMinor, net.currency),
  };
}
