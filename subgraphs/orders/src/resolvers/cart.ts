import { isId } from '@kontor/kit/src/ids.ts';
import { mayRead } from '../access.ts';
import type { Context } from '../context.ts';
import type { CartLineResolvers, CartResolvers } from '../generated/schema.ts';
import type { CartLineMapper } from '../mappers.ts';

export const Cart: CartResolvers = {
  __resolveReference: async (reference, ctx) => {
    const cart = isId(reference.id) ? await ctx.loaders.carts.load(reference.id.toLowerCase()) : null;
    return cart && mayRead(ctx.caller, cart, null) ? cart : null;
  },
  id: (cart) => cart.cartId,
  lines: (cart) => cart.lines.map((line) => ({ ...line, cart })),
  quote: async (cart, _, ctx) => {
    const quote = await ctx.loaders.quotes.load(cart);
    return quote && { total: quote.total, token: quote.token ?? null, expiresAt: quote.expiresAt };
  },
  order: (cart, _, ctx) => (cart.orderId ? ctx.loaders.orders.load(cart.orderId) : null),
};

export const CartLine: CartLineResolvers = {
  id: (line) => line.lineId,
  variant: (line) => ({ id: line.variantId }),
  productTitle: async (line, _, ctx) => (await ctx.loaders.variants.load(line.variantId))?.productTitle ?? null,
  variantTitle: async (line, _, ctx) => (await ctx.loaders.variants.load(line.variantId))?.variantTitle ?? null,
  sku: async (line, _, ctx) => (await ctx.loaders.variants.load(line.variantId))?.sku ?? null,
  unitPrice: async (line, _, ctx) => (await quotedLine(line, ctx))?.unit ?? null,
  total: async (line, _, ctx) => (await quotedLine(line, ctx))?.total ?? null,
};

async function quotedLine({ cart, lineId }: CartLineMapper, ctx: Context) {
  const quote = await ctx.loaders.quotes.load(cart);
  return quote?.lines.find((line) => line.lineId === lineId) ?? null;
}
