import type { Address } from './address.ts';

export type CartStatus = 'OPEN' | 'IN_CHECKOUT' | 'ORDERED' | 'MERGED';

export const MAX_CART_LINES = 100;
export const MAX_QUANTITY = 10_000;

/** A variant in a cart. */
export interface CartLine {
  readonly lineId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** A cart as it is kept. Exactly one of `customerId` and `tokenHash` is set. */
export interface Cart {
  readonly cartId: string;
  readonly channel: string;
  readonly currency: string;
  readonly country: string;
  readonly status: CartStatus;
  readonly version: number;
  readonly customerId: string | null;
  /** The customer's id as the cart was made: an old one where profiles were merged since, which their token goes on naming for seconds. */
  readonly madeAs: string | null;
  readonly tokenHash: Uint8Array | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly checkoutId: string | null;
  readonly orderId: string | null;
  /** The cart of the customer that a guest's went into. */
  readonly mergedInto: string | null;
  /** Codes that were entered, in capitals; at most 10. */
  readonly codes: readonly string[];
  /** How it shall be sent; null for the first way that is offered. */
  readonly shippingOptionCode: string | null;
}

/** A cart with its lines in the order in which they were put in. */
export interface FilledCart extends Cart {
  readonly lines: readonly CartLine[];
}

/** A line as a client wants it. */
export interface LineChange {
  readonly variantId: string;
  readonly quantity: number;
}

/** A line that breaks a rule. `index` is its place in the input. */
export interface LineFault {
  readonly code: string;
  readonly message: string;
  readonly index: number;
  readonly field: 'variantId' | 'quantity';
}

/** The first line that breaks a rule of its own, whatever is in the cart; null when all are fine. */
export function lineFault(lines: readonly LineChange[]): LineFault | null {
  const seen = new Set<string>();
  for (const [index, { variantId, quantity }] of lines.entries()) {
    if (quantity < 0 || quantity > MAX_QUANTITY)
      return {
        code: 'INVALID_QUANTITY',
        message: `A quantity must be from 1 to ${MAX_QUANTITY}, or 0 to remove the line, not ${quantity}.`,
        index,
        field: 'quantity',
      };
    if (seen.has(variantId.toLowerCase()))
      return {
        code: 'DUPLICATE_VARIANT',
        message: 'The variant is named twice: send each variant once, with its whole quantity.',
        index,
        field: 'variantId',
      };
    seen.add(variantId.toLowerCase());
  }
  return null;
}
