import type { Tx } from '@kontor/kit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import type { Fragment, Sql } from 'postgres';
import { touchForCollections } from '../collections/touches.ts';

/** What a channel sells a product for, and whether it can. */
export interface Offer {
  readonly productId: string;
  /** Whether one of its variants can be sold now; null leaves what is known. */
  readonly isSellable: boolean | null;
  /** Gross prices for anybody, one a currency; null leaves what is known, none says that it has none. */
  readonly prices:
    | readonly {
        readonly currency: string;
        readonly minMinor: number;
        readonly maxMinor: number;
      }[]
    | null;
}

const MAX_OFFERS = 1_000;

/**
 * Keeps what a channel's lists are filtered and sorted by. Rows are locked in the order of products; it is a transaction of its own, or the last
 * part of one. Products that are gone are passed over.
 * @returns the products whose sellability or prices differ from before. @throws Error for more than 1,000 offers
 */
export async function writeOffers(tx: Tx, channelCode: string, offers: readonly Offer[]): Promise<string[]> {
  if (offers.length === 0) return [];
  if (offers.length > MAX_OFFERS) throw new Error(`at most ${MAX_OFFERS} offers at once, not ${offers.length}`);
  const given = statement`jsonb_to_recordset(${JSON.stringify(offers)}::jsonb) as o("productId" uuid, "isSellable" boolean, prices jsonb)`;
  // The locks first and in one order: an update takes rows as it finds them.
  await tx.execute(statement`
    select 1 from products.search_documents d where d.product_id in (select o."productId" from ${given}) order by d.product_id, d.language, d.channel_code for no key update`);
  await numberSlots(tx, channelCode, offers);
  const changed = await tx.execute<{ productId: string }>(statement`
    with wanted as materialized (
      select o."productId" as product_id, o."isSellable" as is_sellable, case when jsonb_typeof(o.prices) = 'array' then o.prices end as prices from ${given}),
    slots as materialized (select slot, currency from products.search_offer_slots where channel_code = ${channelCode}),
    priced as materialized (
      select w.product_id, p.currency, p."minMinor" as min_minor, p."maxMinor" as max_minor
      from wanted w cross join lateral jsonb_to_recordset(w.prices) as p(currency text, "minMinor" bigint, "maxMinor" bigint)),
    said as materialized (
      select w.product_id, s.slot, case when w.is_sellable then 1 end as value from wanted w join slots s on s.currency = '' where w.is_sellable is not null
      union all select w.product_id, s.slot + n, case n when 0 then p.min_minor else p.max_minor end
      from wanted w join slots s on s.currency <> '' cross join generate_series(0, 1) as n left join priced p on p.product_id = w.product_id and p.currency = s.currency
      where w.prices is not null),
    next as materialized (
      select d.product_id, d.language, d.channel_code, coalesce((
        select (array_agg(f.value order by f.slot))[:max(f.slot) filter (where f.value is not null)] from (
          select n.slot, case when s.slot is null then d.offers[n.slot] else s.value end as value
          from generate_series(1, greatest(cardinality(d.offers), (select max(slot) + 1 from slots))) as n(slot) left join said s on s.product_id = d.product_id and s.slot = n.slot) f), '{}') as offers
      from wanted w join products.search_documents d on d.product_id = w.product_id),
    changed as (
      update products.search_documents d set offers = n.offers from next n
      where d.product_id = n.product_id and d.language = n.language and d.channel_code = n.channel_code and d.offers is distinct from n.offers
      returning d.product_id),
    known as materialized (select w.product_id, w.prices is not null as has_prices from wanted w join products.search_documents d on d.product_id = w.product_id and d.language = '' and d.channel_code = ''),
    removed as (
      delete from products.search_prices s using known k where k.has_prices and s.channel_code = ${channelCode} and s.product_id = k.product_id
        and not exists (select 1 from priced p where p.product_id = s.product_id and p.currency = s.currency)),
    written as (
      insert into products.search_prices as s (channel_code, currency, product_id, min_minor, max_minor)
      select ${channelCode}, currency, product_id, min_minor, max_minor from priced join known using (product_id) order by product_id, currency
      on conflict on constraint search_prices_pkey do update set min_minor = excluded.min_minor, max_minor = excluded.max_minor
      where (s.min_minor, s.max_minor) <> (excluded.min_minor, excluded.max_minor))
    select distinct product_id as "productId" from changed`);
  const changedIds = changed.map(({ productId }) => productId);
  // Rules of collections can ask for prices and availability.
  await touchForCollections(tx, changedIds);
  return changedIds;
}

/** Gives a channel, and its currencies, their places in the documents. In one order, so that two with the same new ones do not wait crosswise. */
async function numberSlots(tx: Tx, channelCode: string, offers: readonly Offer[]): Promise<void> {
  const currencies = new Set(offers.flatMap(({ prices }) => prices?.map(({ currency }) => currency) ?? []));
  await tx.execute(statement`
    insert into products.search_offer_slots (channel_code, currency)
    select ${channelCode}, c from jsonb_array_elements_text(${JSON.stringify(['', ...currencies])}::jsonb) as c
    where not exists (select 1 from products.search_offer_slots s where s.channel_code = ${channelCode} and s.currency = c)
    order by c on conflict on constraint search_offer_slots_key do nothing`);
}

/** The condition that a channel can sell a product now. @param productId the column that names it. */
export const sellableIn = (sql: Sql, channelCode: string, productId: Fragment): Fragment => sql`
  exists (select 1 from products.search_documents sold where sold.product_id = ${productId} and sold.language = '' and sold.channel_code = '' and sold.offers[(select products.search_offer_slot(${channelCode}, ''))] is not null)`;
