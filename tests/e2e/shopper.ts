import { randomUUID } from 'node:crypto';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import {
  ADDRESS,
  CARD,
  CART_CREATE,
  CHECKOUT,
  type CartCreateData,
  type CheckoutData,
  type ProductData,
  PRODUCT,
  type Variant,
} from './operations.ts';

/** A guest with a cart. */
export interface Shopper {
  readonly cartId: string;
  readonly token: string | null;
  checkout(changes?: Record<string, unknown>): Promise<CheckoutData['checkout']>;
}

/** Makes a guest's cart at the web shop. */
export async function shopperWith(
  url: string,
  lines: readonly { variantId: string; quantity: number }[],
): Promise<Shopper> {
  const { cartCreate } = await ask<CartCreateData>(url, CART_CREATE, {
    input: { currency: 'EUR', country: 'DE', lines },
  });
  const { cart, token } = cartCreate;
  return {
    cartId: cart.id,
    token,
    async checkout(changes = {}) {
      const input = {
        cartId: cart.id,
        token,
        contact: { email: `shopper-${cart.id}@example.com` },
        shippingAddress: ADDRESS,
        tenders: CARD,
        idempotencyKey: randomUUID(),
        ...changes,
      };
      return (await ask<CheckoutData>(url, CHECKOUT, { input })).checkout;
    },
  };
}

/** The variants of a demo product. */
export async function variantsOf(url: string, handle: string): Promise<Variant[]> {
  const { productPage } = await ask<ProductData>(url, PRODUCT, { handle });
  if (!productPage) throw new Error(`the demo has no product ${handle}`);
  return productPage.variants;
}
