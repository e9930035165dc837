import type { CartLineResolvers, OrderLineResolvers } from '../generated/schema.ts';

/** The names of a line's variant are the line's own: a cart and an order are read without the catalogue. */
export const CartLine: CartLineResolvers = {
  variant: ({ variant, variantTitle, sku }) => ({ ...variant, title: variantTitle, sku }),
};

export const OrderLine: OrderLineResolvers = {
  variant: ({ variant, variantTitle, sku }) => ({ ...variant, title: variantTitle, sku }),
};
