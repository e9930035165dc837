import type { CartPrices } from './price-cart.ts';
import type { PricingContext } from './select-price.ts';

/** The prices that a quote promised, for these quantities in this context and no other. */
export interface Promised {
  readonly channel: string;
  readonly country: string;
  readonly prices: CartPrices;
  /** By variant. */
  readonly quantities: ReadonlyMap<string, number>;
}

/** Whether a promise was given for exactly this cart in this context. How its quantities are spread over lines does not matter. */
export function isPromisedFor(
  promised: Promised,
  context: PricingContext,
  quantities: ReadonlyMap<string, number>,
): boolean {
  return (
    context.isSold &&
    promised.channel === context.channel &&
    promised.country === context.country &&
    promised.prices.currency === context.currency &&
    promised.quantities.size === quantities.size &&
    [...quantities].every(([variantId, quantity]) => promised.quantities.get(variantId) === quantity)
  );
}
