import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';
import { amountDue, type Checkout, holdKey, mayHold } from '../domain/checkout.ts';
import { sumOfDiscounts } from '../domain/discount.ts';

/** What the database gave to a new order. */
export interface PlacedOrder {
  readonly number: string;
  readonly placedAt: string;
}

/** Who the buyer is, as far as that is known at placement. */
export interface Profile {
  readonly customerId: string | null;
  /** Whether customers could not be asked and has to be asked again. */
  readonly pending: boolean;
}

/** Ends a leased, authorized checkout and its cart with an order, in one statement. @returns null when the lease was lost. */
export async function insertOrder(
  tx: Tx,
  checkout: Checkout,
  owner: string,
  profile: Profile,
): Promise<PlacedOrder | null> {
  const { request, pricing, payment } = checkout;
  const { total, shipping = null } = pricing;
  const due = amountDue(pricing);
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  const [row] = await tx.execute<{ number: string; placedAt: string }>(sql`
    with forgotten as materialized (
      select orders.is_forgotten(${profile.customerId}::uuid) as is
    ), checkout as (
      update orders.checkouts set state = 'placed', lease_owner = null, lease_until = null, request = null, plans = null, updated_at = orders.app_now()
      where checkout_id = ${checkout.checkoutId} and lease_owner = ${owner} and state = 'authorized'
        -- Asked before any row is locked: an erasure takes its lock first, too.
        and (select forgotten.is from forgotten) is not null
      returning checkout_id, cart_id, order_id
    ), cart as (
      update orders.carts c set status = 'ORDERED', order_id = checkout.order_id, updated_at = orders.app_now() from checkout
      where c.cart_id = checkout.cart_id and c.checkout_id = checkout.checkout_id and c.status = 'IN_CHECKOUT'
      returning c.cart_id, c.order_id, c.channel, c.token_hash
    ), placed as (
      insert into orders.orders (order_id, number, cart_id, channel, status, customer_id, profile_due_at, token_hash, contact, shipping_address,
        billing_address, pickup_location_id, currency, net_minor, tax_minor, gross_minor, placed_at, reservation_key, company_id, hold_key,
        discounts, shipping_option_code, shipping_name, shipping_net_minor, shipping_tax_minor, shipping_gross_minor)
      select order_id, 'K-' || nextval('orders.order_numbers'), cart_id, channel, 'PLACED', ${profile.customerId}::uuid,
        case when ${profile.pending}::boolean then orders.app_now() end, token_hash, case when forgotten.is then '{}'::jsonb else ${json(request.contact)}::jsonb end,
        case when forgotten.is then ${json(country(request.shippingAddress))}::jsonb else ${json(request.shippingAddress)}::jsonb end,
        case when forgotten.is then ${json(country(request.billingAddress))}::jsonb else ${json(request.billingAddress)}::jsonb end, ${request.pickupLocationId}::uuid,
        ${total.gross.currency}, ${total.net.minorUnits}::bigint, ${total.tax.minorUnits}::bigint, ${total.gross.minorUnits}::bigint, orders.app_now(),
        ${checkout.reservation?.key ?? null}::text, ${request.companyId ?? null}::uuid, ${mayHold(request) ? holdKey(checkout.checkoutId) : null}::text,
        ${JSON.stringify(pricing.discounts ?? [])}::jsonb, ${shipping?.optionCode ?? null}::text, ${shipping?.name ?? null}::text,
        ${shipping?.total.net.minorUnits ?? 0}::bigint, ${shipping?.total.tax.minorUnits ?? 0}::bigint, ${shipping?.total.gross.minorUnits ?? 0}::bigint
      from cart, forgotten
      returning order_id, number, placed_at
    ), lines as (
      insert into orders.order_lines (order_line_id, order_id, position, variant_id, product_title, variant_title, sku, quantity,
        tax_rate_basis_points, unit_net_minor, unit_tax_minor, unit_gross_minor, net_minor, tax_minor, gross_minor, discount_minor, discounts)
      select l.id, placed.order_id, l.position, l.variant, l.product_title, l.variant_title, l.sku, l.quantity, l.rate,
        l.unit_net, l.unit_tax, l.unit_gross, l.net, l.tax, l.gross, l.discount, l.discounts
      from placed, jsonb_to_recordset(${JSON.stringify(lineRows(checkout))}::jsonb) as l(id uuid, position int, variant uuid, product_title text,
        variant_title text, sku text, quantity int, rate int, unit_net bigint, unit_tax bigint, unit_gross bigint, net bigint, tax bigint, gross bigint,
        discount bigint, discounts jsonb)
    ), payment as (
      insert into orders.payments (payment_id, order_id, kind, status, amount_minor, currency, provider_reference, card_brand, card_last4, created_at)
      select ${newId()}::uuid, order_id, ${payment?.tender ?? 'CARD'}, 'AUTHORIZED', ${due.minorUnits}::bigint, ${due.currency}, ${payment?.intentId ?? null},
        case when not forgotten.is then ${payment?.cardBrand ?? null}::text end, case when not forgotten.is then ${payment?.cardLast4 ?? null}::text end,
        orders.app_now()
      from placed, forgotten where ${payment !== null}::boolean
    ), fulfilment as (
      insert into orders.fulfilment_orders (fulfilment_order_id, order_id, location_id)
      select f.id, placed.order_id, f.location
      from placed, jsonb_to_recordset(${JSON.stringify(fulfilmentRows(checkout))}::jsonb) as f(id uuid, location uuid)
      returning fulfilment_order_id, location_id
    ), fulfilment_lines as (
      insert into orders.fulfilment_order_lines (fulfilment_order_id, variant_id, quantity)
      select f.fulfilment_order_id, a."variantId", a.quantity from fulfilment f
      join jsonb_to_recordset(${JSON.stringify(checkout.reservation?.allocations ?? [])}::jsonb) as a("variantId" uuid, "locationId" uuid, quantity int)
        on a."locationId" = f.location_id
    )
    select number, placed_at as "placedAt" from placed`);
  return row ?? null;
}

/** All that is kept of an address of somebody who was forgotten while the checkout went on. */
const country = (address: Checkout['request']['shippingAddress']) => address && { country: address.country };

const lineRows = ({ pricing }: Checkout) =>
  pricing.lines.map((line, position) => ({
    id: newId(),
    position,
    variant: line.variantId,
    product_title: line.productTitle,
    variant_title: line.variantTitle,
    sku: line.sku,
    quantity: line.quantity,
    rate: line.taxRateBasisPoints,
    unit_net: line.unit.net.minorUnits,
    unit_tax: line.unit.tax.minorUnits,
    unit_gross: line.unit.gross.minorUnits,
    net: line.total.net.minorUnits,
    tax: line.total.tax.minorUnits,
    gross: line.total.gross.minorUnits,
    discount: sumOfDiscounts(line.discounts ?? []),
    discounts: line.discounts ?? [],
  }));

const fulfilmentRows = ({ reservation }: Checkout) =>
  [...new Set(reservation?.allocations.map(({ locationId }) => locationId))].map((location) => ({
    id: newId(),
    location,
  }));
