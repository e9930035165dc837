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
  const changed = await tx.execute<{ productId: string }>(statement`
    with wanted as materialized (
      select o."productId" as product_id, o."isSellable" as is_sellable, jsonb_typeof(o.prices) = 'array' as has_prices,
        (select jsonb_object_agg(${channelCode}::text || '/' || p.currency, jsonb_build_array(p."minMinor", p."maxMinor"))
          from jsonb_to_recordset(case when jsonb_typeof(o.prices) = 'array' then o.prices else '[]' end) as p(currency text, "minMinor" bigint, "maxMinor" bigint)) as prices
      from ${given}),
    next as materialized (
      select d.product_id, d.language, d.channel_code, w.has_prices, w.prices,
        coalesce((select jsonb_object_agg(k.key, k.value) from jsonb_each(d.offers) as k(key, value)
          where case when k.key = ${channelCode}::text then w.is_sellable is null when starts_with(k.key, ${channelCode}::text || '/') then not coalesce(w.has_prices, false) else true end), '{}')
        || case when w.is_sellable then jsonb_build_object(${channelCode}::text, true) else '{}' end || coalesce(w.prices, '{}') as offers
      from wanted w join products.search_documents d on d.product_id = w.product_id),
    changed as (
      update products.search_documents d set offers = n.offers from next n
      where d.product_id = n.product_id and d.language = n.language and d.channel_code = n.channel_code and d.offers is distinct from n.offers
      returning d.product_id),
    priced as materialized (
      select n.product_id, split_part(k.key, '/', 2) as currency, (k.value ->> 0)::bigint as min_minor, (k.value ->> 1)::bigint as max_minor
      from next n cross join lateral jsonb_each(n.prices) as k(key, value) where n.language = '' and n.channel_code = ''),
    removed as (
      delete from products.search_prices s using next n where n.has_prices and n.language = '' and n.channel_code = '' and s.channel_code = ${channelCode} and s.product_id = n.product_id
        and not exists (select 1 from priced p where p.product_id = s.product_id and p.currency = s.currency)),
    written as (
      insert into products.search_prices as s (channel_code, currency, product_id, min_minor, max_minor)
      select ${channelCode}, currency, product_id, min_minor, max_minor from priced order by product_id, currency
      on conflict on constraint search_prices_pkey do update set min_minor = excluded.min_minor, max_minor = excluded.max_minor
      where (s.min_minor, s.max_minor) <> (excluded.min_minor, excluded.max_minor))
    select distinct product_id as "productId" from changed`);
  const changedIds = changed.map(({ productId }) => productId);
  // Rules of collections can ask for prices and availability.
  await touchForCollections(tx, changedIds);
  return changedIds;
}

/** The condition that a channel can sell a product now. @param productId the column that names it. */
export const sellableIn = (sql: Sql, channelCode: string, productId: Fragment): Fragment => sql`
  exists (select 1 from products.search_documents sold where sold.product_id = ${productId} and sold.language = '' and sold.channel_code = '' and sold.offers ? ${channelCode})`;
