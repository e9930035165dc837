import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Address } from '../domain/address.ts';
import type { Contact } from '../domain/checkout.ts';
import { type AttachedOrder, toAttached } from './profiles.ts';

/** Two profiles that became one. */
export interface Merge {
  readonly mergeId: string;
  readonly survivorId: string;
  readonly absorbedId: string;
}

/** Notes a merge, or that it was undone; whose orders are whose follows from it at once. Repeating changes nothing. */
export async function writeMerge(tx: Tx, { mergeId, survivorId, absorbedId }: Merge, isUndone: boolean): Promise<void> {
  if (isUndone)
    await tx.execute(
      sql`delete from orders.customer_merges where absorbed_id = ${absorbedId}::uuid and merge_id = ${mergeId}::uuid`,
    );
  else
    await tx.execute(sql`
      insert into orders.customer_merges (absorbed_id, survivor_id, merge_id) values (${absorbedId}::uuid, ${survivorId}::uuid, ${mergeId}::uuid)
      on conflict on constraint customer_merges_pkey do update set survivor_id = excluded.survivor_id, merge_id = excluded.merge_id`);
  await tx.execute(sql`select orders.follow_merges(${absorbedId}::uuid)`);
}

/** What is kept of an address when its owner is forgotten: taxes were worked out by the country. */
const withoutPerson = (column: string) => sql`
  case when ${sql.identifier(column)} is not null then jsonb_build_object('country', ${sql.identifier(column)} -> 'country') end`;

const NOBODY: Contact = { email: null, phone: null, givenName: null, familyName: null };
const NOWHERE: Omit<Address, 'country'> = {
  name: null,
  street: null,
  street2: null,
  city: null,
  province: null,
  postalCode: null,
  latitude: null,
  longitude: null,
};
/** The same of the address in a request. */
const addressOfNobody = (field: string) => sql`
  case when jsonb_typeof(request -> ${field}) = 'object'
    then ${JSON.stringify(NOWHERE)}::jsonb || jsonb_build_object('country', request -> ${field} -> 'country') else 'null'::jsonb end`;

/**
 * Forgets people in orders, carts and checkouts: names, addresses, numbers and cards. What was bought, for how much and when stays, under
 * an id that says nothing. What comes of them later is kept without anything personal, too (see `insertOrder`).
 */
export async function erasePeople(tx: Tx, customerIds: readonly string[]): Promise<void> {
  const ids = sql`${`{${customerIds.join(',')}}`}::uuid[]`;
  // Whoever keeps something of them now finishes first; whoever comes later sees that they are forgotten (orders.is_forgotten).
  await tx.execute(sql`
    select pg_advisory_xact_lock(7107, hashtext(id::text)) from (select id from unnest(${ids}) as id order by id offset 0) as people`);
  await tx.execute(sql`
    insert into orders.erased_customers (customer_id, erased_at) select id, orders.app_now() from unnest(${ids}) as id
    on conflict on constraint erased_customers_pkey do nothing`);
  await tx.execute(sql`
    with forgotten as (
      update orders.orders set contact = '{}'::jsonb, shipping_address = ${withoutPerson('shipping_address')},
        billing_address = ${withoutPerson('billing_address')}, profile_due_at = null
      where customer_id = any(${ids}) returning order_id
    )
    update orders.payments p set card_brand = null, card_last4 = null from forgotten where p.order_id = forgotten.order_id`);
  await tx.execute(sql`
    update orders.carts set shipping_address = ${withoutPerson('shipping_address')}, billing_address = ${withoutPerson('billing_address')},
      version = version + 1, updated_at = orders.app_now()
    where customer_id = any(${ids}) and (shipping_address is not null or billing_address is not null)`);
  // Also of checkouts that wait for the bank or the provider: they end without knowing whose they were.
  await tx.execute(sql`
    update orders.checkouts set payment = payment - 'cardBrand' - 'cardLast4',
      request = request || jsonb_build_object('contact', ${JSON.stringify(NOBODY)}::jsonb,
        'shippingAddress', ${addressOfNobody('shippingAddress')}, 'billingAddress', ${addressOfNobody('billingAddress')})
    where cart_id in (select cart_id from orders.carts where customer_id = any(${ids})) and (payment is not null or request is not null)`);
}

/** Hangs orders of addresses on the profile of their owner, who has shown that they are theirs. @returns the orders. */
export async function claimOrders(tx: Tx, customerId: string, emails: readonly string[]): Promise<AttachedOrder[]> {
  if (emails.length === 0) return [];
  const rows = await tx.execute<{
    orderId: string;
    channel: string;
    grossMinor: number;
    currency: string;
    placedAt: string;
  }>(sql`
    update orders.orders set customer_id = ${customerId}::uuid, profile_due_at = null
    where customer_id is null and lower(contact ->> 'email') in (select jsonb_array_elements_text(${JSON.stringify(emails)}::jsonb))
    returning order_id as "orderId", channel, gross_minor::float8 as "grossMinor", currency, placed_at::text as "placedAt"`);
  return rows.map((row) => toAttached(row, customerId));
}

/** Something that orders keeps of a person. */
export interface PersonalPart {
  readonly kind: 'order' | 'cart';
  readonly id: string;
  readonly data: unknown;
}

/**
 * What orders keeps of people, by id, behind `after`; `limit` at most. Orders have their lines, payments and addresses with them.
 * @param customerIds all ids of one person, old ones of merged profiles included.
 */
export async function findPersonalParts(
  { sql: query }: Database,
  customerIds: readonly string[],
  after: string | null,
  limit: number,
): Promise<PersonalPart[]> {
  return await query<PersonalPart[]>`
    select kind, id, data from (
      select 'order' as kind, o.order_id as id, to_jsonb(o) - 'token_hash' - 'profile_due_at' || jsonb_build_object(
        'lines', (select jsonb_agg(to_jsonb(l) - 'order_id' order by l.position) from orders.order_lines l where l.order_id = o.order_id),
        'payments', (select jsonb_agg(to_jsonb(p) - 'order_id' order by p.created_at) from orders.payments p where p.order_id = o.order_id)) as data
      from orders.orders o where o.customer_id = any(${[...customerIds]}::uuid[])
      union all
      select 'cart', c.cart_id, to_jsonb(c) - 'token_hash' - 'key_hash' - 'request_hash' - 'caller_scope' || jsonb_build_object(
        'lines', (select jsonb_agg(to_jsonb(l) - 'cart_id' order by l.seq) from orders.cart_lines l where l.cart_id = c.cart_id))
      from orders.carts c where c.customer_id = any(${[...customerIds]}::uuid[])
    ) as parts
    where ${after}::uuid is null or id > ${after}::uuid order by id limit ${limit}`;
}
