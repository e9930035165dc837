import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { holdsCart, mayRead } from '../access.ts';
import { findExceptionPage } from '../data/order-exceptions.ts';
import type { QueryResolvers } from '../generated/schema.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;

export const Query: QueryResolvers = {
  cart: async (_, { id, token }, ctx) => {
    const cart = isId(id) ? await ctx.loaders.carts.load(id.toLowerCase()) : null;
    return cart && (holdsCart(ctx.caller, cart, token) || mayRead(ctx.caller, cart, null)) ? cart : null;
  },
  order: async (_, { id, token }, ctx) => {
    const order = isId(id) ? await ctx.loaders.orders.load(id.toLowerCase()) : null;
    return order && mayRead(ctx.caller, order, token) ? order : null;
  },
  orderExceptions: async (_, { first, after }, ctx) => {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const rows = await findExceptionPage(ctx.orders.db, size + 1, after ? positionOf(after) : null);
    return toConnection(rows, size, (row) => encodeCursor([row.raisedAt, row.orderId]), after != null);
  },
};

function positionOf(cursor: string): { readonly raisedAt: string; readonly orderId: string } {
  const [raisedAt, orderId] = decodeCursor(cursor, 2);
  if (
    typeof raisedAt !== 'string' ||
    Number.isNaN(Date.parse(raisedAt)) ||
    typeof orderId !== 'string' ||
    !isId(orderId)
  )
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { raisedAt, orderId };
}
