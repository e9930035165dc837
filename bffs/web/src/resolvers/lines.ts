import type { CartGiftResolvers, CartLineResolvers, OrderLineResolvers } from '../generated/schema.ts';

/** The names of a line's variant are the line's own: a cart and an order are read without the catalogue. */
export const CartLine: CartLineResolvers = {
  variant: ({ variant, variantTitle, sku }) => ({ ...variant, title: variantTitle, sku }),
};

export const OrderLine: OrderLineResolvers = {
  variant: ({ variant, variantTitle, sku }) => ({ ...variant, title: variantTitle, sku }),
};

/** A gift is not in the cart yet: there is no line that knows its names. */
export const CartGift: CartGiftResolvers = {
  variantId: ({ variant }) => variant.id,
};
