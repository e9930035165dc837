import type { Basket } from '../basket.ts';
import type { Planned } from './plan.ts';

/** Plans free shipping: all that is left of the chosen option's price, if the promotion means the option. */
export function planFreeShipping(
  optionCodes: readonly string[],
  { cart: { shipping }, shippingMinor }: Basket,
): Planned {
  if (!shipping || (optionCodes.length > 0 && !optionCodes.includes(shipping.optionCode))) return 'NO_EFFECT';
  const left = shipping.amountMinor - shippingMinor;
  return left > 0 ? { lines: [], shippingMinor: left, gainMinor: left } : 'NO_EFFECT';
}
