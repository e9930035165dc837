import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { mayListOrders } from '../access.ts';
import { findOpenCartId } from '../data/carts.ts';
import type { CustomerResolvers } from '../generated/schema.ts';
import type { OrderPage } from '../loaders.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

export const Customer: CustomerResolvers = {
  __resolveReference: ({ id }) => (isId(id) ? { id: id.toLowerCase() } : null),
  // One customer at a time: nobody but the customer has one to see.
  cart: async ({ id }, _, { caller, orders, loaders }) => {
    if (caller.customerId !== id || caller.channel === null) return null;
    const cartId = await findOpenCartId(orders.db.orm, { customerId: id, channel: caller.channel, currency: null });
    return cartId === null ? null : loaders.carts.load(cartId);
  },
  orders: async ({ id }, { first, after }, ctx) => {
    if (!mayListOrders(ctx.caller, id)) return null;
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const page = { customerId: id, limit: size + 1, after: after ? positionOf(after) : null };
    const rows = await ctx.loaders.ordersOfCustomers.load(page);
    return toConnection(rows, size, (order) => encodeCursor([order.placedAt, order.orderId]), after != null);
  },
};

function positionOf(cursor: string): NonNullable<OrderPage['after']> {
  const [placedAt, orderId] = decodeCursor(cursor, 2);
  if (
    typeof placedAt !== 'string' ||
    Number.isNaN(Date.parse(placedAt)) ||
    typeof orderId !== 'string' ||
    !isId(orderId)
  )
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { placedAt, orderId };
}
