import { isId } from '@kontor/kit/src/ids.ts';
import { mayRead, mayReadExceptions } from '../access.ts';
import type {
  FulfilmentOrderResolvers,
  OrderExceptionResolvers,
  OrderLineResolvers,
  OrderResolvers,
  PaymentResolvers,
} from '../generated/schema.ts';
import { toAppliedDiscounts, toLineDiscounts } from './quoted-cart.ts';

export const Order: OrderResolvers = {
  __resolveReference: async (reference, ctx) => {
    const order = isId(reference.id) ? await ctx.loaders.orders.load(reference.id.toLowerCase()) : null;
    return order && mayRead(ctx.caller, order, null) ? order : null;
  },
  id: (order) => order.orderId,
  discounts: ({ discounts, total }) => toAppliedDiscounts(discounts, total.gross.currency),
  shipping: ({ shipping }) => shipping && { optionId: shipping.optionCode, name: shipping.name, total: shipping.total },
  customer: (order) => (order.customerId ? { id: order.customerId } : null),
  lines: (order, _, ctx) => ctx.loaders.orderLines.load(order.orderId),
  payments: (order, _, ctx) => ctx.loaders.payments.load(order.orderId),
  fulfilmentOrders: (order, _, ctx) => ctx.loaders.fulfilmentOrders.load(order.orderId),
  exception: (order, _, ctx) => (mayReadExceptions(ctx.caller) ? ctx.loaders.exceptions.load(order.orderId) : null),
};

export const OrderException: OrderExceptionResolvers = {
  order: async ({ orderId }, _, ctx) => {
    const order = await ctx.loaders.orders.load(orderId);
    if (!order) throw new Error(`order ${orderId} has an exception and is not there`);
    return order;
  },
  kind: () => 'STOCK_SHORT',
  since: (exception) => exception.raisedAt,
};

export const OrderLine: OrderLineResolvers = {
  id: (line) => line.orderLineId,
  variant: (line) => ({ id: line.variantId }),
  discounts: ({ discounts, total }) => toLineDiscounts(discounts, total.gross.currency),
};

export const Payment: PaymentResolvers = {
  id: (payment) => payment.paymentId,
};

export const FulfilmentOrder: FulfilmentOrderResolvers = {
  id: (order) => order.fulfilmentOrderId,
  location: (order) => ({ id: order.locationId }),
  lines: (order) => order.lines.map(({ variantId, quantity }) => ({ variant: { id: variantId }, quantity })),
};
