import type { CartChanged } from '../commands/change-cart.ts';
import { checkout } from '../commands/checkout.ts';
import { createCart } from '../commands/create-cart.ts';
import { mergeCart } from '../commands/merge-cart.ts';
import { rerouteByHand } from '../commands/reroute-by-hand.ts';
import { setCartAddresses } from '../commands/set-cart-addresses.ts';
import { setCartLines } from '../commands/set-cart-lines.ts';
import type { Context } from '../context.ts';
import type { MutationResolvers } from '../generated/schema.ts';

export const Mutation: MutationResolvers = {
  cartCreate: async (_, { input }, ctx) => {
    const { cartId, token } = await createCart(ctx.orders, ctx.caller, input);
    return { cart: await readCart(ctx, cartId), token };
  },
  cartLinesSet: async (_, { input }, ctx) => changed(ctx, await setCartLines(ctx.orders, ctx.caller, input)),
  cartAddressSet: async (_, { input }, ctx) => changed(ctx, await setCartAddresses(ctx.orders, ctx.caller, input)),
  cartMerge: async (_, { input }, ctx) => changed(ctx, await mergeCart(ctx.orders, ctx.caller, input)),
  checkout: async (_, { input }, ctx) => {
    const outcome = await checkout(ctx.orders, ctx.caller, input, ctx.requestId);
    if (outcome.__typename !== 'OrderPlaced') return outcome;
    return { __typename: 'OrderPlaced', order: await readOrder(ctx, outcome.orderId) };
  },
  orderReroute: async (_, { input }, ctx) => {
    const outcome = await rerouteByHand(ctx.orders, input.orderId, ctx.requestId);
    if (outcome.__typename !== 'OrderRerouted') return outcome;
    const { orderId } = outcome;
    // A document may have read them before.
    ctx.loaders.fulfilmentOrders.clear(orderId);
    ctx.loaders.exceptions.clear(orderId);
    return { __typename: 'OrderRerouted', order: await readOrder(ctx, orderId) };
  },
};

async function readOrder(ctx: Context, orderId: string) {
  const order = await ctx.loaders.orders.clear(orderId).load(orderId);
  if (!order) throw new Error(`order ${orderId} was placed and is not there`);
  return order;
}

/** A document may change a cart twice: what was read before does not count. */
async function readCart(ctx: Context, cartId: string) {
  const cart = await ctx.loaders.carts.clear(cartId).load(cartId);
  if (!cart) throw new Error(`cart ${cartId} was written and is not there`);
  return cart;
}

const changed = async (ctx: Context, outcome: CartChanged) =>
  outcome.__typename === 'CartUpdated'
    ? { __typename: outcome.__typename, cart: await readCart(ctx, outcome.cartId) }
    : outcome;
