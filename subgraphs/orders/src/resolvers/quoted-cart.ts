import type { Money } from '@kontor/kit/src/money.ts';
import { type AppliedDiscount, discountClass, type LineDiscount } from '../domain/discount.ts';
import type { FilledCart } from '../domain/cart.ts';
import type { Quote } from '../peers/prices.ts';

/** What became of the codes of a cart, in its order; nothing is said of them without a quote. */
export function codesOf(cart: FilledCart, quote: Quote | null) {
  return cart.codes.map((code, index) => {
    const quoted = quote?.codes[index];
    return { code, status: quoted?.status ?? null, message: quoted?.message ?? null };
  });
}

/** Discounts with their amounts as money of a currency. */
export const toAppliedDiscounts = (
  discounts: readonly (Omit<AppliedDiscount, 'class'> & { readonly class: string })[],
  currency: string,
) =>
  discounts.map(({ promotionId, name, code, class: className, grossMinor }) => ({
    promotionId,
    name,
    code,
    class: discountClass(className),
    amount: minor(grossMinor, currency),
  }));

/** A line's part of discounts, likewise. */
export const toLineDiscounts = (discounts: readonly LineDiscount[], currency: string) =>
  discounts.map(({ promotionId, name, grossMinor }) => ({ promotionId, name, amount: minor(grossMinor, currency) }));

const minor = (minorUnits: number, currency: string): Money => ({ minorUnits, currency });

/** How a cart can be sent, and how it is. */
export const toCartShipping = ({ shipping, shippingOptions, shippingFault }: Quote) => ({
  options: shippingOptions.map(({ code, name, total }) => ({ id: code, name, total })),
  chosen: shipping && {
    id: shipping.optionCode,
    name: shipping.name,
    undiscountedTotal: shipping.listTotal,
    total: shipping.total,
  },
  message: shippingFault,
});
