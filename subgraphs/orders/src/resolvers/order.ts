import { isId } from '@kontor/kit/src/ids.ts';
import { mayRead } from '../access.ts';
import type {
  FulfilmentOrderResolvers,
  OrderLineResolvers,
  OrderResolvers,
  PaymentResolvers,
} from '../generated/schema.ts';

export const Order: OrderResolvers = {
  __resolveReference: async (reference, ctx) => {
    const order = isId(reference.id) ? await ctx.loaders.orders.load(reference.id.toLowerCase()) : null;
    return order && mayRead(ctx.caller, order, null) ? order : null;
  },
  id: (order) => order.orderId,
  customer: (order) => (order.customerId ? { id: order.customerId } : null),
  lines: (order, _, ctx) => ctx.loaders.orderLines.load(order.orderId),
  payments: (order, _, ctx) => ctx.loaders.payments.load(order.orderId),
  fulfilmentOrders: (order, _, ctx) => ctx.loaders.fulfilmentOrders.load(order.orderId),
};

export const OrderLine: OrderLineResolvers = {
  id: (line) => line.orderLineId,
  variant: (line) => ({ id: line.variantId }),
};

export const Payment: PaymentResolvers = {
  id: (payment) => payment.paymentId,
};

export const FulfilmentOrder: FulfilmentOrderResolvers = {
  id: (order) => order.fulfilmentOrderId,
  location: (order) => ({ id: order.locationId }),
  lines: (order) => order.lines.map(({ variantId, quantity }) => ({ variant: { id: variantId }, quantity })),
};
