import type { Database } from '@kontor/kit/src/database.ts';
import type { Money, TaxedMoney } from '@kontor/kit/src/money.ts';
import type { Address } from '../domain/address.ts';
import type { PricedShipping } from '../domain/checkout.ts';
import type { AppliedDiscount, LineDiscount } from '../domain/discount.ts';

/** An order as it is kept. */
export interface OrderRow {
  readonly orderId: string;
  readonly number: string;
  readonly channel: string;
  readonly status: 'PLACED' | 'CANCELLED';
  readonly customerId: string | null;
  readonly tokenHash: Uint8Array | null;
  readonly email: string | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly total: TaxedMoney;
  readonly discounts: readonly AppliedDiscount[];
  readonly shipping: PricedShipping | null;
  readonly placedAt: string;
}

export interface OrderLineRow {
  readonly orderId: string;
  readonly orderLineId: string;
  readonly variantId: string;
  readonly productTitle: string;
  readonly variantTitle: string;
  readonly sku: string | null;
  readonly quantity: number;
  readonly unitPrice: TaxedMoney;
  readonly total: TaxedMoney;
  readonly discounts: readonly LineDiscount[];
}

export interface PaymentRow {
  readonly orderId: string;
  readonly paymentId: string;
  readonly kind: 'CARD' | 'GIFT_CARD' | 'POINTS' | 'CASH' | 'TERMS';
  readonly status: 'PENDING' | 'AUTHORIZED' | 'CAPTURED' | 'DECLINED' | 'VOIDED';
  readonly amount: Money;
  readonly cardBrand: string | null;
  readonly cardLast4: string | null;
}

export interface FulfilmentOrderRow {
  readonly orderId: string;
  readonly fulfilmentOrderId: string;
  readonly locationId: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
}

interface FlatOrder extends Omit<OrderRow, 'total' | 'shipping'> {
  readonly currency: string;
  // bigint columns arrive as text, so that none of them loses digits unseen.
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly shippingCode: string | null;
  readonly shippingName: string | null;
  readonly shippingNet: string;
  readonly shippingTax: string;
  readonly shippingGross: string;
}

const money = (minorUnits: string | number, currency: string): Money => ({ minorUnits: Number(minorUnits), currency });
const taxed = (net: string | number, tax: string | number, gross: string | number, currency: string): TaxedMoney => ({
  net: money(net, currency),
  tax: money(tax, currency),
  gross: money(gross, currency),
});

const orderColumns = ({ sql }: Database) => sql`
  o.order_id as "orderId", o.number, o.channel, o.status, orders.current_customer(o.customer_id) as "customerId", o.token_hash as "tokenHash",
  o.contact ->> 'email' as email, o.shipping_address as "shippingAddress", o.billing_address as "billingAddress", o.currency,
  o.net_minor as net, o.tax_minor as tax, o.gross_minor as gross, o.placed_at as "placedAt",
  o.discounts, o.shipping_option_code as "shippingCode", o.shipping_name as "shippingName",
  o.shipping_net_minor as "shippingNet", o.shipping_tax_minor as "shippingTax", o.shipping_gross_minor as "shippingGross"`;

function toOrder(row: FlatOrder): OrderRow {
  const { currency, net, tax, gross, shippingCode, shippingName, shippingNet, shippingTax, shippingGross, ...order } =
    row;
  const sent = taxed(shippingNet, shippingTax, shippingGross, currency);
  return {
    ...order,
    total: taxed(net, tax, gross, currency),
    shipping: shippingCode === null ? null : { optionCode: shippingCode, name: shippingName ?? '', total: sent },
  };
}

/** Orders by id, in no order; ids must be UUIDs. */
export async function findOrders(db: Database, orderIds: readonly string[]): Promise<OrderRow[]> {
  const rows = await db.sql<FlatOrder[]>`
    select ${orderColumns(db)} from orders.orders o where o.order_id = any(${[...orderIds]}::uuid[])`;
  return rows.map(toOrder);
}

/** An order together with the customer for whom it was asked. */
export type OrderOfCustomer = OrderRow & { readonly ownerId: string };

/**
 * The newest orders of several customers, newest first in each, `limit` at most of each, in one statement. Orders of profiles that were
 * merged into theirs are among them.
 * @param after continues behind an order: its time as PostgreSQL wrote it, and its id.
 */
export async function findOrdersOfCustomers(
  db: Database,
  customerIds: readonly string[],
  limit: number,
  after: { readonly placedAt: string; readonly orderId: string } | null,
): Promise<OrderOfCustomer[]> {
  const rows = await db.sql<(FlatOrder & { ownerId: string })[]>`
    select c.id as "ownerId", page.* from unnest(${[...customerIds]}::uuid[]) as c(id) cross join lateral (
      select part.* from (
        select c.id union all select a.former_id from orders.customer_aliases a where a.customer_id = c.id
      ) as known(id) cross join lateral (
        select ${orderColumns(db)} from orders.orders o where o.customer_id = known.id
        and (${after?.placedAt ?? null}::timestamptz is null
          or (o.placed_at, o.order_id) < (${after?.placedAt ?? null}::timestamptz, ${after?.orderId ?? null}::uuid))
        order by o.placed_at desc, o.order_id desc limit ${limit}) as part
      order by part."placedAt" desc, part."orderId" desc limit ${limit}) as page
    order by page."placedAt" desc, page."orderId" desc`;
  return rows.map(({ ownerId, ...row }) => ({ ...toOrder(row), ownerId }));
}

/** Lines of orders, in their order. */
export async function findOrderLines({ sql }: Database, orderIds: readonly string[]): Promise<OrderLineRow[]> {
  const rows = await sql<(Omit<OrderLineRow, 'unitPrice' | 'total'> & Record<string, string>)[]>`
    select l.order_id as "orderId", l.order_line_id as "orderLineId", l.variant_id as "variantId", l.product_title as "productTitle",
      l.variant_title as "variantTitle", l.sku, l.quantity, o.currency, l.unit_net_minor, l.unit_tax_minor, l.unit_gross_minor,
      l.net_minor, l.tax_minor, l.gross_minor, l.discounts
    from orders.order_lines l join orders.orders o using (order_id)
    where l.order_id = any(${[...orderIds]}::uuid[]) order by l.order_id, l.position`;
  return rows.map((row) => ({
    orderId: row.orderId,
    orderLineId: row.orderLineId,
    variantId: row.variantId,
    productTitle: row.productTitle,
    variantTitle: row.variantTitle,
    sku: row.sku,
    quantity: row.quantity,
    unitPrice: taxed(row['unit_net_minor']!, row['unit_tax_minor']!, row['unit_gross_minor']!, row['currency']!),
    total: taxed(row['net_minor']!, row['tax_minor']!, row['gross_minor']!, row['currency']!),
    discounts: row.discounts,
  }));
}

/** Payments of orders, oldest first. */
export async function findPayments({ sql }: Database, orderIds: readonly string[]): Promise<PaymentRow[]> {
  const rows = await sql<(Omit<PaymentRow, 'amount'> & { amountMinor: string; currency: string })[]>`
    select order_id as "orderId", payment_id as "paymentId", kind, status, amount_minor as "amountMinor", currency,
      card_brand as "cardBrand", card_last4 as "cardLast4"
    from orders.payments where order_id = any(${[...orderIds]}::uuid[]) order by created_at, payment_id`;
  return rows.map(({ amountMinor, currency, ...row }) => ({ ...row, amount: money(amountMinor, currency) }));
}

/** Fulfilment orders of orders with their lines, by location id. */
export async function findFulfilmentOrders(
  { sql }: Database,
  orderIds: readonly string[],
): Promise<FulfilmentOrderRow[]> {
  return await sql<FulfilmentOrderRow[]>`
    select f.order_id as "orderId", f.fulfilment_order_id as "fulfilmentOrderId", f.location_id as "locationId",
      (select jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'quantity', l.quantity) order by l.variant_id)
        from orders.fulfilment_order_lines l where l.fulfilment_order_id = f.fulfilment_order_id) as lines
    from orders.fulfilment_orders f where f.order_id = any(${[...orderIds]}::uuid[]) order by f.location_id`;
}
