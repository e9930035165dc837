import { isId } from '@kontor/kit/src/ids.ts';
import { mayRead } from '../access.ts';
import type { Context } from '../context.ts';
import type { CartLineResolvers, CartResolvers } from '../generated/schema.ts';
import type { CartLineMapper } from '../mappers.ts';
import { codesOf, toAppliedDiscounts, toCartShipping, toLineDiscounts } from './quoted-cart.ts';

export const Cart: CartResolvers = {
  __resolveReference: async (reference, ctx) => {
    const cart = isId(reference.id) ? await ctx.loaders.carts.load(reference.id.toLowerCase()) : null;
    return cart && mayRead(ctx.caller, cart, null) ? cart : null;
  },
  id: (cart) => cart.cartId,
  lines: (cart) => cart.lines.map((line) => ({ ...line, cart })),
  quote: async (cart, _, ctx) => {
    const quote = await ctx.loaders.quotes.load(cart);
    if (!quote) return null;
    const { listTotal, goodsTotal, total, token, expiresAt } = quote;
    return { undiscountedTotal: listTotal, goodsTotal, total, token, expiresAt };
  },
  codes: async (cart, _, ctx) => codesOf(cart, cart.codes.length > 0 ? await ctx.loaders.quotes.load(cart) : null),
  discounts: async (cart, _, ctx) => {
    const quote = await ctx.loaders.quotes.load(cart);
    return quote ? toAppliedDiscounts(quote.discounts, quote.currency) : [];
  },
  shipping: async (cart, _, ctx) => {
    const quote = await ctx.loaders.quotes.load(cart);
    return quote && toCartShipping(quote);
  },
  gifts: async (cart, _, ctx) => {
    const quote = await ctx.loaders.quotes.load(cart);
    return (quote?.gifts ?? []).map(({ variantId, ...gift }) => ({ ...gift, variant: { id: variantId } }));
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
  undiscountedTotal: async (line, _, ctx) => (await quotedLine(line, ctx))?.listTotal ?? null,
  total: async (line, _, ctx) => (await quotedLine(line, ctx))?.total ?? null,
  discounts: async (line, _, ctx) =>
    toLineDiscounts((await quotedLine(line, ctx))?.discounts ?? [], line.cart.currency),
};

async function quotedLine({ cart, lineId }: CartLineMapper, ctx: Context) {
  const quote = await ctx.loaders.quotes.load(cart);
  return quote?.lines.find((line) => line.lineId === lineId) ?? null;
}
