import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Address } from '../domain/address.ts';
import type { CartLine, FilledCart, LineChange } from '../domain/cart.ts';

/** A cart that is about to be made. */
export interface NewCart {
  readonly cartId: string;
  readonly channel: string;
  readonly currency: string;
  readonly country: string;
  readonly customerId: string | null;
  readonly tokenHash: Uint8Array | null;
  readonly callerScope: string;
  readonly keyHash: Uint8Array | null;
  readonly requestHash: Uint8Array;
  readonly lines: readonly CartLine[];
}

/** Carts with their lines, in no order; ids must be UUIDs. */
export function findCarts({ sql: query }: Database, cartIds: readonly string[]): Promise<FilledCart[]> {
  return query<FilledCart[]>`
    select c.cart_id as "cartId", c.channel, c.currency, c.country, c.status, c.version, orders.current_customer(c.customer_id) as "customerId",
      c.customer_id as "madeAs", c.token_hash as "tokenHash", c.shipping_address as "shippingAddress", c.billing_address as "billingAddress",
      c.checkout_id as "checkoutId", c.order_id as "orderId", c.merged_into as "mergedInto",
      c.codes, c.shipping_option_code as "shippingOptionCode",
      coalesce((
        select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'variantId', l.variant_id, 'quantity', l.quantity) order by l.seq)
        from orders.cart_lines l where l.cart_id = c.cart_id), '[]'::jsonb) as lines
    from orders.carts c where c.cart_id = any(${[...cartIds]}::uuid[])`;
}

/** A cart with its lines; null when there is none. The id must be a UUID. */
export async function findCart(db: Database, cartId: string): Promise<FilledCart | null> {
  const [cart] = await findCarts(db, [cartId]);
  return cart ?? null;
}

/** Makes a cart with its lines, in one statement. @returns false when the caller's key has a cart already. */
export async function insertCart({ sql: query }: Database, cart: NewCart): Promise<boolean> {
  const rows = await query`
    with cart as (
      insert into orders.carts (cart_id, channel, currency, country, customer_id, token_hash, caller_scope, key_hash, request_hash, created_at, updated_at)
      values (${cart.cartId}, ${cart.channel}, ${cart.currency}, ${cart.country}, ${cart.customerId}, ${cart.tokenHash},
        ${cart.callerScope}, ${cart.keyHash}, ${cart.requestHash}, orders.app_now(), orders.app_now())
      on conflict on constraint carts_idempotency do nothing returning cart_id
    ), lines as (
      insert into orders.cart_lines (line_id, cart_id, variant_id, quantity)
      select l."lineId", cart.cart_id, l."variantId", l.quantity
      from cart, jsonb_to_recordset(${JSON.stringify(numbered(cart.lines))}::jsonb) as l("lineId" uuid, "variantId" uuid, quantity int, position int)
      order by l.position
    )
    select cart_id from cart`;
  return rows.length > 0;
}

/** Lines with their places: rows of a set have no order of their own. */
const numbered = <T extends object>(lines: readonly T[]) => lines.map((line, position) => ({ ...line, position }));

/** The cart that a caller's key made; null when it made none. */
export async function findCartByKey(
  { sql: query }: Database,
  key: Pick<NewCart, 'callerScope' | 'channel'> & { readonly keyHash: Uint8Array },
): Promise<{ readonly cartId: string; readonly requestHash: Uint8Array } | null> {
  const [row] = await query<{ cartId: string; requestHash: Uint8Array }[]>`
    select cart_id as "cartId", request_hash as "requestHash" from orders.carts
    where caller_scope = ${key.callerScope} and channel = ${key.channel} and key_hash = ${key.keyHash}`;
  return row ?? null;
}

/**
 * Counts a change of an open cart, and locks its row: changes of one cart queue here, checkouts of it too.
 * @returns false when the cart is not open, or not at the version that was expected.
 */
export async function lockOpenCart(tx: Tx, cartId: string, expectedVersion: number | null): Promise<boolean> {
  const rows = await tx.execute(sql`
    update orders.carts set version = version + 1, updated_at = orders.app_now()
    where cart_id = ${cartId} and status = 'OPEN' and version = coalesce(${expectedVersion}::int, version)
    returning cart_id`);
  return rows.length > 0;
}

/** Sets quantities in a cart whose row is locked; 0 removes. @returns how many lines the cart has then. */
export async function writeCartLines(
  tx: Tx,
  cartId: string,
  lines: readonly (LineChange & { lineId: string })[],
): Promise<number> {
  const input = JSON.stringify(numbered(lines));
  await tx.execute(sql`
    with input as (
      select * from jsonb_to_recordset(${input}::jsonb) as l("lineId" uuid, "variantId" uuid, quantity int, position int)
    ), removed as (
      delete from orders.cart_lines c using input i where c.cart_id = ${cartId} and c.variant_id = i."variantId" and i.quantity = 0
    )
    insert into orders.cart_lines (line_id, cart_id, variant_id, quantity)
    select i."lineId", ${cartId}, i."variantId", i.quantity from input i where i.quantity > 0 order by i.position
    on conflict on constraint cart_lines_variant do update set quantity = excluded.quantity`);
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from orders.cart_lines where cart_id = ${cartId}`,
  );
  return row?.count ?? 0;
}

/** New addresses of a cart; null leaves one as it is. */
export interface AddressChange {
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
}

/** Sets addresses of an open cart; the country follows the shipping address. @returns as `lockOpenCart`; false also for somebody who was forgotten. */
export async function writeCartAddresses(
  { sql: query }: Database,
  cartId: string,
  expectedVersion: number | null,
  { shippingAddress, billingAddress }: AddressChange,
): Promise<boolean> {
  const rows = await query`
    update orders.carts set version = version + 1, updated_at = orders.app_now(),
      shipping_address = coalesce(${shippingAddress && JSON.stringify(shippingAddress)}::jsonb, shipping_address),
      billing_address = coalesce(${billingAddress && JSON.stringify(billingAddress)}::jsonb, billing_address),
      country = coalesce(${shippingAddress?.country ?? null}, country)
    where cart_id = ${cartId} and status = 'OPEN' and version = coalesce(${expectedVersion}::int, version)
      and not orders.is_forgotten(customer_id)
    returning cart_id`;
  return rows.length > 0;
}

/**
 * Counts codes that are about to be tried in a cart, so that however many try at once, together they try no more.
 * @returns false when there would be more than `maximum` unknown ones since the first of them within an hour: nothing was counted.
 */
export async function countCodeAttempts(
  { sql: query }: Database,
  cartId: string,
  count: number,
  maximum: number,
): Promise<boolean> {
  const rows = await query`
    update orders.carts set
      code_attempts = case when code_attempts_since > orders.app_now() - interval '1 hour' then code_attempts else 0 end + ${count}::int,
      code_attempts_since = case when code_attempts_since > orders.app_now() - interval '1 hour' then code_attempts_since else orders.app_now() end
    where cart_id = ${cartId}
      and case when code_attempts_since > orders.app_now() - interval '1 hour' then code_attempts else 0 end + ${count}::int <= ${maximum}::int
    returning cart_id`;
  return rows.length > 0;
}

/** Takes back what was counted of codes that turned out to be known, or were not tried after all. */
export async function uncountCodeAttempts({ sql: query }: Database, cartId: string, count: number): Promise<void> {
  await query`update orders.carts set code_attempts = greatest(code_attempts - ${count}::int, 0) where cart_id = ${cartId}`;
}

/**
 * Sets the codes of an open cart.
 * @param known how many of them were counted as attempts and are none.
 * @returns as `lockOpenCart`.
 */
export async function writeCartCodes(
  { sql: query }: Database,
  cartId: string,
  expectedVersion: number | null,
  codes: readonly string[],
  known: number,
): Promise<boolean> {
  const rows = await query`
    update orders.carts set version = version + 1, updated_at = orders.app_now(),
      codes = array(select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb)),
      code_attempts = greatest(code_attempts - ${known}::int, 0)
    where cart_id = ${cartId} and status = 'OPEN' and version = coalesce(${expectedVersion}::int, version)
    returning cart_id`;
  return rows.length > 0;
}

/** Sets how an open cart is sent. @returns as `lockOpenCart`. */
export async function writeCartShipping(
  { sql: query }: Database,
  cartId: string,
  expectedVersion: number | null,
  shippingOptionCode: string | null,
): Promise<boolean> {
  const rows = await query`
    update orders.carts set version = version + 1, updated_at = orders.app_now(), shipping_option_code = ${shippingOptionCode}
    where cart_id = ${cartId} and status = 'OPEN' and version = coalesce(${expectedVersion}::int, version)
    returning cart_id`;
  return rows.length > 0;
}

/** The cart that a customer has open in a channel and a currency, the one that was changed last; null when there is none. */
export async function findOpenCartId(
  db: Tx | Database['orm'],
  {
    customerId,
    channel,
    currency,
  }: { readonly customerId: string; readonly channel: string; readonly currency: string | null },
): Promise<string | null> {
  const [row] = await db.execute<{ cartId: string }>(sql`
    select c.cart_id as "cartId" from orders.carts c
    where c.status = 'OPEN' and c.channel = ${channel} and (${currency}::text is null or c.currency = ${currency})
      and c.customer_id in (select ${customerId}::uuid union all select former_id from orders.customer_aliases where customer_id = ${customerId}::uuid)
    order by c.updated_at desc, c.cart_id desc limit 1`);
  return row?.cartId ?? null;
}

/**
 * Locks carts that a customer is to get, in the order of their ids, so that two merges cannot wait for each other.
 * @returns which of them are open; none when the customer was forgotten.
 */
export async function lockCarts(tx: Tx, cartIds: readonly string[], customerId: string): Promise<Set<string>> {
  const rows = await tx.execute<{ cartId: string; status: string }>(sql`
    select cart_id as "cartId", status from orders.carts where cart_id = any(${`{${cartIds.join(',')}}`}::uuid[])
      and not orders.is_forgotten(${customerId}::uuid) order by cart_id for update`);
  return new Set(rows.filter(({ status }) => status === 'OPEN').map(({ cartId }) => cartId));
}

/** Gives an open cart of a guest, whose row is locked, to a customer. The guest's token opens it no more. */
export async function giveCart(tx: Tx, cartId: string, customerId: string): Promise<void> {
  await tx.execute(sql`
    update orders.carts set customer_id = ${customerId}::uuid, token_hash = null, version = version + 1, updated_at = orders.app_now()
    where cart_id = ${cartId}::uuid`);
}

/**
 * Adds the lines and codes of one locked cart to another one, quantities of one variant up to the most that a line may have, and ends the first.
 * @returns how many lines the other one has then.
 */
export async function pourCart(
  tx: Tx,
  from: string,
  into: string,
  { maxQuantity, maxCodes }: { readonly maxQuantity: number; readonly maxCodes: number },
): Promise<number> {
  await tx.execute(sql`
    insert into orders.cart_lines (line_id, cart_id, variant_id, quantity)
    select gen_random_uuid(), ${into}::uuid, variant_id, quantity from orders.cart_lines where cart_id = ${from}::uuid order by seq
    on conflict on constraint cart_lines_variant do update set quantity = least(cart_lines.quantity + excluded.quantity, ${maxQuantity}::int)`);
  await tx.execute(sql`
    update orders.carts c set version = c.version + 1, updated_at = orders.app_now(),
      status = case when c.cart_id = g.cart_id then 'MERGED' else c.status end,
      merged_into = case when c.cart_id = g.cart_id then ${into}::uuid end,
      shipping_address = coalesce(c.shipping_address, g.shipping_address), billing_address = coalesce(c.billing_address, g.billing_address),
      codes = (c.codes || array(
        select code from unnest(g.codes) with ordinality as entered(code, place) where code <> all(c.codes) order by place))[1:${maxCodes}::int],
      shipping_option_code = coalesce(c.shipping_option_code, g.shipping_option_code)
    from orders.carts g where g.cart_id = ${from}::uuid and c.cart_id in (${from}::uuid, ${into}::uuid)`);
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from orders.cart_lines where cart_id = ${into}::uuid`,
  );
  return row?.count ?? 0;
}
