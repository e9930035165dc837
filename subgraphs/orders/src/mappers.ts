import type { OrderExceptionRow } from './data/order-exceptions.ts';
import type { OrderLineRow, OrderRow, FulfilmentOrderRow, PaymentRow } from './data/orders.ts';
import type { CartLine, FilledCart } from './domain/cart.ts';
import type { OpenCheckout } from './data/checkouts.ts';

export type CartMapper = FilledCart;
/** A line with its cart: prices are asked for the cart as a whole. */
export type CartLineMapper = CartLine & { readonly cart: FilledCart };
export type OrderMapper = OrderRow;
export type OrderExceptionMapper = OrderExceptionRow;
export type OrderLineMapper = OrderLineRow;
export type PaymentMapper = PaymentRow;
export type FulfilmentOrderMapper = FulfilmentOrderRow;
/** Customers have only their orders here. */
export interface CustomerMapper {
  readonly id: string;
}
export type CheckoutStateMapper = OpenCheckout;
