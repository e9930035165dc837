import type { CartChanged } from '../commands/change-cart.ts';
import { checkout } from '../commands/checkout.ts';
import { createCart } from '../commands/create-cart.ts';
import { mergeCart } from '../commands/merge-cart.ts';
import { rerouteByHand } from '../commands/reroute-by-hand.ts';
import { setCartAddresses } from '../commands/set-cart-addresses.ts';
import { setCartCodes } from '../commands/set-cart-codes.ts';
import { setCartLines } from '../commands/set-cart-lines.ts';
import { setCartShipping } from '../commands/set-cart-shipping.ts';
import type { Context } from '../context.ts';
import { UNKNOWN_CODE } from '../domain/cart-codes.ts';
import type { MutationResolvers, PriceChangedResolvers } from '../generated/schema.ts';

export const Mutation: MutationResolvers = {
  cartCreate: async (_, { input }, ctx) => {
    const { cartId, token } = await createCart(ctx.orders, ctx.caller, input);
    return { cart: await readCart(ctx, cartId), token };
  },
  cartLinesSet: async (_, { input }, ctx) => changed(ctx, await setCartLines(ctx.orders, ctx.caller, input)),
  cartAddressSet: async (_, { input }, ctx) => changed(ctx, await setCartAddresses(ctx.orders, ctx.caller, input)),
  cartCodesSet: async (_, { input }, ctx) => {
    const outcome = await setCartCodes(ctx.orders, ctx.caller, input, ctx.requestId);
    if (outcome.__typename !== 'CartCodesUpdated') return outcome;
    const refused = outcome.unknown.map((code) => ({ code, ...UNKNOWN_CODE }));
    return { __typename: 'CartCodesUpdated', cart: await readCart(ctx, outcome.cartId), refused };
  },
  cartShippingSet: async (_, { input }, ctx) =>
    changed(ctx, await setCartShipping(ctx.orders, ctx.caller, input, ctx.requestId)),
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

/** Results are kept for a week; those of versions before named no lines. */
export const PriceChanged: PriceChangedResolvers = {
  lines: ({ lines }) => lines ?? [],
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
