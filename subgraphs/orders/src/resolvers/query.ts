import { isId } from '@kontor/kit/src/ids.ts';
import { holdsCart, mayRead } from '../access.ts';
import type { QueryResolvers } from '../generated/schema.ts';

export const Query: QueryResolvers = {
  cart: async (_, { id, token }, ctx) => {
    const cart = isId(id) ? await ctx.loaders.carts.load(id.toLowerCase()) : null;
    return cart && (holdsCart(ctx.caller, cart, token) || mayRead(ctx.caller, cart, null)) ? cart : null;
  },
  order: async (_, { id, token }, ctx) => {
    const order = isId(id) ? await ctx.loaders.orders.load(id.toLowerCase()) : null;
    return order && mayRead(ctx.caller, order, token) ? order : null;
  },
};
